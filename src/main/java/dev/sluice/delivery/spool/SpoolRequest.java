package dev.sluice.delivery.spool;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/** What is asked of a spool's writer; whoever asks may wait for {@code done}. */
sealed interface SpoolRequest {

    CompletableFuture<?> done();

    /** Whether it needs room on the disk, where the others give some or none. */
    default boolean takesRoom() {
        return this instanceof Append;
    }

    /**
     * @param content of all messages
     * @param messages how many
     * @param routing which routes they take
     * @param receivedAt when the first came, in milliseconds since the epoch
     * @param placed is told the position of the first before any reader can come upon it
     * @param done completes with that
     */
    record Append(byte[] content, int messages, Routing routing, long receivedAt, LongConsumer placed, Appending done)
            implements SpoolRequest {}

    /** What whoever appends waits for. */
    final class Appending extends CompletableFuture<Long> {

        /** Nobody waits any more. */
        private volatile boolean withdrawn;

        void withdraw() {
            withdrawn = true;
        }

        boolean isWithdrawn() {
            return withdrawn;
        }
    }

    /**
     * A sink is done with all before the position.
     *
     * @param deadLetters that it will not get by itself
     * @param held that it will get behind others that it refuses
     */
    record Acknowledge(
            String sink,
            long position,
            List<DeadLetter> deadLetters,
            List<SpooledMessage> held,
            CompletableFuture<Void> done)
            implements SpoolRequest {}

    /** A sink is done with messages that were held, some of which are dead letters now. */
    record LetGo(String sink, List<SpooledMessage> held, List<DeadLetter> deadLetters, CompletableFuture<Void> done)
            implements SpoolRequest {}

    /** Nothing waits for a sink any more, whatever became of it. */
    record Forget(String sink, CompletableFuture<Void> done) implements SpoolRequest {}

    /**
     * The listener names other sinks. One that it names for the first time gets what is appended from now on.
     *
     * @param own those of them that get messages whose rule names none
     * @param number of the route to these; 0 if there are none
     * @param since where the queue ended when the spool was opened
     */
    record Declare(Set<String> named, Set<String> own, int number, long since, CompletableFuture<Void> done)
            implements SpoolRequest {}

    /**
     * @param done completes with how many were there
     */
    record RemoveDeadLetters(List<DeadLetter> letters, CompletableFuture<Long> done) implements SpoolRequest {}
}
