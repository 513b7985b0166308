package dev.sluice.message;

import org.jspecify.annotations.Nullable;

/** What a listener does with a message: has it handled and answers its peer. Never throws. Safe for any thread. */
public interface Handling {

    void handle(ReceivedMessage message);

    /**
     * What a peer gets in place of a reply to a message that was not accepted.
     *
     * @param reason in a few words
     * @return the payload; null if there is no answer, so that a TCP connection has to end
     */
    byte @Nullable [] failureAnswer(ReceivedMessage message, String reason);

    /** Answers the peer of a message that cannot be handled. */
    void fail(ReceivedMessage message, Throwable cause);

    /** Logs that a message failed, now and then: a peer could fill a disk with these. */
    void report(ReceivedMessage message, Throwable cause);
}
