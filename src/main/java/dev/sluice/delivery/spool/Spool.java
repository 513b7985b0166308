package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

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
     * @param placed is told the position of the first of them before any reader can come upon them; by the writer's thread
     * @return completes with the position of the first of them once all are durable, that is, once their commit has been
     *     forced to disk. It fails with a {@link SpoolFullException}, or a {@link SpoolClosedException} if the spool was closed
     *     or {@link #refuseHeld} before, or a {@link SpoolWithdrawnException} if the thread is interrupted while it waits for
     *     room; then they are not, and will never be, in the spool. While the disk cannot be written it does not complete
     */
    CompletableFuture<Long> append(List<? extends Envelope> messages, boolean wait, LongConsumer placed);

    /** Appends messages that came together. */
    default CompletableFuture<Long> append(List<? extends Envelope> messages, boolean wait) {
        return append(messages, wait, position -> {});
    }

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
     * What has been appended at a position and behind it, in order. Rows of other routes may be among it, or missing.
     *
     * @param reader of one sink; used by one thread
     * @param timeoutMillis how long to wait if there is nothing yet
     * @return of about a mebibyte; the position that was asked for, and no rows, if nothing came in time
     * @throws SpoolException if the disk cannot be read
     */
    Portion read(Reader reader, long position, long timeoutMillis) throws InterruptedException;

    /**
     * Part of the queue.
     *
     * @param end the position behind it, that of rows which are not there since they were for others
     */
    record Portion(List<StoredBatch> batches, long end) {}

    /** Whether messages of a route are for a sink. */
    boolean goesTo(int route, String sink);

    /** Makes the reader of a sink. */
    Reader reader(String sink);

    /**
     * Notes that a sink is done with everything before a position, having put the dead letters aside, and others too, which it
     * gets when those before them in their stream have been taken.
     *
     * @return completes once that is durable; a crash before means that the sink gets these messages again
     */
    CompletableFuture<Void> acknowledge(
            String sink, long position, List<DeadLetter> deadLetters, List<SpooledMessage> held);

    /** Notes that a sink is done with everything before a position, having put the dead letters aside. */
    default CompletableFuture<Void> acknowledge(String sink, long position, List<DeadLetter> deadLetters) {
        return acknowledge(sink, position, deadLetters, List.of());
    }

    /**
     * The streams of a sink of which messages are held.
     *
     * @throws SpoolException if the disk cannot be read
     */
    List<HeldStream> heldStreams(String sink);

    /**
     * A stream of which messages are held.
     *
     * @param oldestAt when the first of them was received, in milliseconds since the epoch
     */
    record HeldStream(String stream, long messages, long bytes, long oldestAt) {}

    /**
     * The first messages that are held of a stream, in order.
     *
     * @param reader of the sink; used by one thread
     * @throws SpoolException if the disk cannot be read
     */
    List<SpooledMessage> held(Reader reader, String stream, int most);

    /**
     * Notes that a sink is done with messages that were held, of which some are dead letters now.
     *
     * @return completes once that is durable
     */
    CompletableFuture<Void> letGo(String sink, List<SpooledMessage> held, List<DeadLetter> deadLetters);

    /**
     * Lets go of what waits for a sink, or is held for it, and of its place.
     *
     * @return completes once that is durable
     */
    CompletableFuture<Void> forget(String sink);

    /**
     * What waits for a sink behind a position, but for what is held.
     *
     * @throws SpoolException if the disk cannot be read
     */
    Backlog backlog(String sink, long position);

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

    /** How many dead letters there are of each sink that has any. */
    Map<String, Long> deadLetterCounts();

    /**
     * Takes dead letters out of the spool.
     *
     * @return completes, once they are gone for good, with how many of them were still there
     */
    CompletableFuture<Long> removeDeadLetters(List<DeadLetter> letters);

    SpoolState state();

    /** What had been accepted by an earlier run, and was still here when the spool was opened. */
    Inherited inherited();

    /**
     * What an earlier run has left.
     *
     * @param messages how many different ones that took a route to any sink that is named now
     * @param shares of each sink
     */
    record Inherited(long messages, Map<String, Share> shares) {

        public Share of(String sink) {
            return shares.getOrDefault(sink, Share.NONE);
        }
    }

    /**
     * What an earlier run has left of messages that were to go to a sink, whether the sink had them or not.
     *
     * @param routed how many different ones
     * @param waiting of them, in the queue
     * @param held of them, behind one that the sink refuses
     * @param deadLetters of them
     */
    record Share(long routed, long waiting, long held, long deadLetters) {

        static final Share NONE = new Share(0, 0, 0, 0);
    }

    /** Waits for what is being written, and lets go of the file. */
    @Override
    void close();

    /**
     * What waits.
     *
     * @param bytes of content, counted from the beginning of the batch that holds the first
     * @param oldestAt when that batch was received, in milliseconds since the epoch; 0 if nothing waits
     */
    record Backlog(long bytes, long oldestAt) {

        static final Backlog NONE = new Backlog(0, 0);

        Backlog plus(long more, long at) {
            return new Backlog(bytes + more, oldestAt == 0 ? at : Math.min(oldestAt, at));
        }
    }

    /** The place of a sink in the spool. */
    interface Reader extends AutoCloseable {

        /** The first message that the sink was not done with when the reader was made. */
        long start();

        @Override
        void close();
    }
}
