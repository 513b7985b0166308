package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The durable queue of one listener: messages are appended by all its connections, and read by each of its sinks at its own
 * pace. Safe for use by any thread.
 *
 * <p>A position counts all messages that were ever appended: the first message is at 0, and the end is how many there were.
 */
public interface Spool extends AutoCloseable {

    /**
     * Appends messages that came together.
     *
     * @param messages at least one
     * @param wait whether to wait for room if the spool is full
     * @return completes with the position of the first of them once all are durable, that is, once their commit has been
     *     forced to disk. It fails with a {@link SpoolFullException}, or a {@link SpoolClosedException} if the spool was closed
     *     or {@link #refuseHeld} before, or a {@link SpoolWithdrawnException} if the thread is interrupted while it waits for
     *     room; then they are not, and will never be, in the spool. While the disk cannot be written it does not complete
     */
    CompletableFuture<Long> append(List<? extends Envelope> messages, boolean wait);

    /**
     * Has an append fail with a {@link SpoolWithdrawnException} unless it is being made durable; by then at the latest it
     * completes.
     *
     * @param append what {@link #append} has returned
     */
    void withdraw(CompletableFuture<Long> append);

    /**
     * Whether appends that would have to wait, for room or for a disk that cannot be written, fail instead; also those that
     * wait already.
     */
    void refuseHeld(boolean refuse);

    /**
     * What has been appended at a position and behind it, in order.
     *
     * @param reader of one sink; used by one thread
     * @param timeoutMillis how long to wait if there is nothing yet
     * @return batches of about a mebibyte in all, the first of which holds the position; empty if nothing came in time
     * @throws SpoolException if the disk cannot be read
     */
    List<StoredBatch> read(Reader reader, long position, long timeoutMillis) throws InterruptedException;

    /** Makes the reader of a sink. */
    Reader reader(String sink);

    /**
     * Notes that a sink is done with everything before a position, having put the dead letters aside.
     *
     * @return completes once that is durable; a crash before means that the sink gets these messages again
     */
    CompletableFuture<Void> acknowledge(String sink, long position, List<DeadLetter> deadLetters);

    /**
     * Lets go of what waits for a sink that is none any more.
     *
     * @return completes once that is durable
     */
    CompletableFuture<Void> forget(String sink);

    /**
     * What waits behind a position.
     *
     * @throws SpoolException if the disk cannot be read
     */
    Backlog backlog(long position);

    /** The dead letters of a sink, oldest first; ten thousand at the most. */
    default List<DeadLetter> deadLetters(String sink) {
        return deadLetters(sink, 0, 10_000);
    }

    /**
     * The dead letters of a sink at a position and behind it, oldest first; fewer than there are if they are large.
     *
     * @param most how many at the most
     * @return empty only if there are no more
     * @throws SpoolException if the disk cannot be read
     */
    List<DeadLetter> deadLetters(String sink, long from, int most);

    /**
     * How many dead letters there are of each sink that has any.
     *
     * @throws SpoolException if the disk cannot be read
     */
    Map<String, Long> deadLetterCounts();

    /**
     * Takes dead letters out of the spool.
     *
     * @return completes, once they are gone for good, with how many of them were still there
     */
    CompletableFuture<Long> removeDeadLetters(List<DeadLetter> letters);

    SpoolState state();

    /** What had been accepted by an earlier run, and was still held when the spool was opened. */
    Held held();

    /**
     * What an earlier run has left.
     *
     * @param messages how many different ones, waiting or dead
     * @param deadLetters of each sink
     */
    record Held(long messages, Map<String, Long> deadLetters) {}

    /** Waits for what is being written, and lets go of the file. */
    @Override
    void close();

    /**
     * What waits.
     *
     * @param messages how many
     * @param bytes of content, counted from the beginning of the batch that holds the first
     * @param oldestAt when that batch was received, in milliseconds since the epoch; 0 if nothing waits
     */
    record Backlog(long messages, long bytes, long oldestAt) {

        static final Backlog NONE = new Backlog(0, 0, 0);
    }

    /** The place of a sink in the spool. */
    interface Reader extends AutoCloseable {

        /** The first message that the sink was not done with when the spool was opened. */
        long start();

        @Override
        void close();
    }
}
