package dev.sluice.message;

import java.util.List;

/**
 * Takes charge of messages once they have been handled: those that one read brought, together. Called by many threads
 * at once, for one connection by one at a time and in order.
 */
public interface Acceptance {

    /** Takes charge at once, of whatever comes. */
    Acceptance AT_ONCE = messages -> Confirmation.all();

    /**
     * Returns when the messages are as safe as the listener's owner wants them, or have failed; until then the thread
     * waits, and with it the peer. An interrupt ends the wait: what is safe stays so, and what is not is refused. The
     * thread is still interrupted then.
     *
     * @param messages at least one
     */
    Confirmation<Refusal> accept(List<? extends Envelope> messages);

    /**
     * Why the peer of a message is not told that all is well.
     *
     * @param reason in a few words that a peer may read: no names of sinks, hosts or files
     * @param kind what became of the message
     */
    record Refusal(String reason, Kind kind) {

        /** What became of a message. */
        public enum Kind {
            /** Nobody has it. */
            FAILED,
            /** Nobody has it, since the spool was full. */
            DROPPED,
            /** Nobody has it, since the thread was interrupted before. */
            INTERRUPTED,
            /** It is in the spool, but not every sink has it, as the peer wants to know. */
            UNDELIVERED
        }
    }
}
