package dev.sluice.delivery;

import dev.sluice.delivery.spool.SpoolReader;
import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.delivery.spool.StoredBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Looks in the queue, behind what a sink does not take, for the first message of another stream: if that is taken, the
 * sink is not away. Used by one thread, for one batch.
 */
final class LookAhead {

    /** About as many mebibytes are looked through at a time, since the sink may be away with much behind. */
    private static final int MOST_PORTIONS = 64;

    private final SpoolReader reader;
    private final long start;
    private long position;
    private boolean atEnd;

    LookAhead(SpoolReader reader, long position) {
        this.reader = reader;
        this.start = position;
        this.position = position;
    }

    /**
     * The first messages of other streams, one of each.
     *
     * @param known streams that are passed over; those of what is found are added
     * @param taken positions of messages that the sink has already
     */
    List<SpooledMessage> next(Set<String> known, Set<Long> taken, int most) throws InterruptedException {
        List<SpooledMessage> found = new ArrayList<>();
        for (int i = 0; i < MOST_PORTIONS && found.size() < most; i++) {
            long from = position;
            SpoolReader.Portion portion = reader.read(from, 0);
            for (StoredBatch batch : portion.batches()) {
                for (SpooledMessage message : reader.messages(batch, from)) {
                    if (found.size() < most && !taken.contains(message.position()) && known.add(lane(message))) {
                        found.add(message);
                        position = message.position() + 1;
                    }
                }
            }
            position = found.size() < most ? portion.end() : position;
            atEnd = position == from;
            if (atEnd) {
                break;
            }
        }
        return found;
    }

    private static String lane(SpooledMessage message) {
        return message.origin().lane();
    }

    /** Whether there was nothing more when this looked last. */
    boolean isAtEnd() {
        return atEnd;
    }

    /** Looks again at what was looked at before. */
    void restart() {
        position = start;
        atEnd = false;
    }
}
