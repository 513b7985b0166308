package dev.sluice.delivery;

import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.delivery.spool.StoredBatch;
import java.util.Optional;
import java.util.Set;

/**
 * Looks in the queue, behind what a sink does not take, for the first message of another stream: if that is taken, the sink is
 * not away. Used by one thread, for one batch.
 */
final class LookAhead {

    /** About as many mebibytes are looked through at a time, since the sink may be away with much behind. */
    private static final int MOST_PORTIONS = 64;

    private final Spool spool;
    private final Spool.Reader reader;
    private final String listener;
    private final String sink;
    private long position;

    LookAhead(Spool spool, Spool.Reader reader, String listener, String sink, long position) {
        this.spool = spool;
        this.reader = reader;
        this.listener = listener;
        this.sink = sink;
        this.position = position;
    }

    /**
     * @param tried streams that are refused already
     * @param taken positions of messages that the sink has already
     */
    Optional<SpooledMessage> next(Set<String> tried, Set<Long> taken) throws InterruptedException {
        for (int i = 0; i < MOST_PORTIONS; i++) {
            long start = position;
            Spool.Portion portion = spool.read(reader, start, 0);
            for (StoredBatch batch : portion.batches()) {
                for (SpooledMessage message : batch.messages(listener, start, route -> spool.goesTo(route, sink))) {
                    if (!tried.contains(message.origin().lane()) && !taken.contains(message.position())) {
                        position = message.position() + 1;
                        return Optional.of(message);
                    }
                }
            }
            position = portion.end();
            if (position == start) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
