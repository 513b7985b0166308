package dev.sluice.handler;

import dev.sluice.message.ReceivedMessage;
import org.jspecify.annotations.Nullable;

/**
 * Computes the reply to a message. Called by many threads at once, for one connection by one at a time and in order.
 */
public interface Handler {

    /**
     * @return the payload of the reply; null for none
     * @throws RuntimeException if the message cannot be accepted; its text reaches the peer as {@code {reason}}
     */
    byte @Nullable [] handle(ReceivedMessage message);

    /** What a peer gets in place of a reply to a message that was not accepted; null if this handler does not say. */
    default byte @Nullable [] failureAnswer(ReceivedMessage message, String reason) {
        return null;
    }

    /**
     * Whether a call may tell who sent the message, so that it comes before those are turned away who have not said.
     */
    default boolean identifies() {
        return false;
    }

    /** Whether a call may take long, so that replies already computed should not wait for it. */
    default boolean mayWait() {
        return false;
    }
}
