package dev.sluice.delivery;

import dev.sluice.delivery.spool.Amount;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolQueries;
import dev.sluice.delivery.spool.SpooledMessage;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.backoff.BackOffExecution;

/**
 * The streams of which a sink refuses a message while it takes those of others. What waits of them is kept aside, so
 * that the others go on.
 *
 * <p>Two threads meet here: that of the delivery adds what it comes upon in the queue, and that of {@link HeldDelivery}
 * takes away what the sink has at last. A stream is held from the first message added until the last is taken away, for
 * good and on disk, so that none is sent beside those before it.
 */
public final class HeldStreams {

    private static final int MOST_STREAMS = 1000;
    /** This part of the spool. */
    private static final int SHARE = 10;

    private final String sink;
    private final Spool spool;
    private final Map<String, Stream> streams = new LinkedHashMap<>();
    private volatile int count;

    HeldStreams(String sink, Spool spool) {
        this.sink = sink;
        this.spool = spool;
        for (SpoolQueries.HeldStream held : spool.queries().heldStreams(sink)) {
            streams.put(held.stream(), new Stream(held.stream(), held.messages(), held.oldestAt()));
        }
        this.count = streams.size();
    }

    /** How one is at a moment. Guarded by the map of all. */
    private static final class Stream {

        private final String name;
        private long messages;
        private long oldestAt;
        private int attempts;
        private @Nullable String lastError;
        private @Nullable BackOffExecution backOff;
        private long tryAt = System.nanoTime();

        Stream(String name, long messages, long oldestAt) {
            this.name = name;
            this.messages = messages;
            this.oldestAt = oldestAt;
        }
    }

    /**
     * A stream as it is shown.
     *
     * @param stream a connection's id; for UDP a source address
     * @param messages how many are held
     * @param oldestAt when the first of them was received, in milliseconds since the epoch
     * @param attempts how often that was sent in vain
     * @param lastError why it was refused; null since a restart
     */
    public record Shown(
            String stream,
            long messages,
            long oldestAt,
            int attempts,
            @Nullable String lastError) {}

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    List<Shown> shown() {
        synchronized (streams) {
            return streams.values().stream()
                    .map(held -> new Shown(held.name, held.messages, held.oldestAt, held.attempts, held.lastError))
                    .toList();
        }
    }

    /** The names of those whose messages must not be sent but behind what is held. */
    Set<String> names() {
        synchronized (streams) {
            return new HashSet<>(streams.keySet());
        }
    }

    /** Whether there is room for more streams and messages. */
    boolean hasRoom(int moreStreams, List<Pending> messages) {
        long bytes = messages.stream()
                .mapToLong(pending -> pending.message().payload().length)
                .sum();
        long held = spool.state().held().getOrDefault(sink, Amount.NONE).bytes();
        return count + moreStreams <= MOST_STREAMS
                && held + bytes <= spool.state().capacity() / SHARE;
    }

    /**
     * Adds messages. The caller moves its delivery's position on only afterwards.
     *
     * @param backOffs makes the pauses of a stream
     */
    void add(List<Pending> messages, Supplier<BackOffExecution> backOffs) {
        synchronized (streams) {
            for (Pending pending : messages) {
                Stream held = streams.computeIfAbsent(
                        pending.stream(),
                        name -> new Stream(name, 0, pending.message().receivedAt()));
                held.messages++;
                if (pending.refused()) {
                    refused(held, pending, Duration.ZERO, backOffs);
                }
            }
            count = streams.size();
        }
    }

    private static void refused(Stream held, Pending first, Duration leastPause, Supplier<BackOffExecution> backOffs) {
        held.attempts = first.attempts();
        held.lastError = first.reason();
        held.oldestAt = first.message().receivedAt();
        BackOffExecution backOff = held.backOff == null ? backOffs.get() : held.backOff;
        held.backOff = backOff;
        held.tryAt = System.nanoTime() + Math.max(backOff.nextBackOff() * 1_000_000, leastPause.toNanos());
    }

    /**
     * Those whose time has come, by name, with the attempts that their first message has had. First comes the one that
     * has waited for longest, since there may be more than a sink that is slow to refuse them can be sent.
     */
    Map<String, Integer> due() {
        long now = System.nanoTime();
        synchronized (streams) {
            Map<String, Integer> due = new LinkedHashMap<>();
            streams.values().stream()
                    .filter(held -> held.tryAt - now <= 0)
                    .sorted(Comparator.comparingLong(held -> held.tryAt - now))
                    .forEach(held -> due.put(held.name, held.attempts));
            return due;
        }
    }

    /**
     * Takes away what the sink is done with, once that is on disk.
     *
     * @param left of those that were sent, the first of a stream first
     * @param leastPause for which the sink wants to be left alone
     */
    void settled(
            List<SpooledMessage> gone, List<Pending> left, Duration leastPause, Supplier<BackOffExecution> backOffs) {
        synchronized (streams) {
            for (SpooledMessage message : gone) {
                Stream held = streams.get(message.origin().lane());
                if (held != null) {
                    held.messages--;
                    held.attempts = 0;
                    held.backOff = null;
                }
            }
            for (Pending pending : left) {
                Stream held = streams.get(pending.stream());
                if (held != null && pending.refused()) {
                    refused(held, pending, leastPause, backOffs);
                }
            }
            streams.values().removeIf(held -> held.messages <= 0);
            count = streams.size();
        }
    }
}
