package dev.sluice.message;

/** What a listener does with a message: has it handled, and answers its peer. Never throws. Called by many threads at once. */
public interface Handling {

    void handle(ReceivedMessage message);

    /** Answers the peer of a message that cannot be handled. */
    void fail(ReceivedMessage message, Throwable cause);

    /** Logs that a message failed, now and then: a peer could fill a disk with these. */
    void report(ReceivedMessage message, Throwable cause);
}
