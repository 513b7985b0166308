package dev.sluice.delivery.spool;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What is asked of a spool's writer; whoever asks may wait for {@code done}. */
sealed interface SpoolRequest {

    CompletableFuture<?> done();

    /**
     * @param content of all messages
     * @param messages how many
     * @param receivedAt when the first came, in milliseconds since the epoch
     * @param done completes with the position of the first
     */
    record Append(byte[] content, int messages, long receivedAt, Appending done) implements SpoolRequest {}

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

    /** A sink is done with all before the position. */
    record Acknowledge(String sink, long position, List<DeadLetter> deadLetters, CompletableFuture<Void> done)
            implements SpoolRequest {}

    /** A sink is none any more. */
    record Forget(String sink, CompletableFuture<Void> done) implements SpoolRequest {}

    /**
     * @param done completes with how many were there
     */
    record RemoveDeadLetters(List<DeadLetter> letters, CompletableFuture<Long> done) implements SpoolRequest {}
}
