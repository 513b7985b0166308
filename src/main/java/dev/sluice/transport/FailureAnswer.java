package dev.sluice.transport;

import dev.sluice.message.ReceivedMessage;
import org.jspecify.annotations.Nullable;

/** What a peer gets instead of a reply for a message that was handled, but not accepted. */
@FunctionalInterface
public interface FailureAnswer {

    /**
     * @param reason in a few words, for the peer
     * @return the payload; null if there is no answer for that
     */
    byte @Nullable [] answer(ReceivedMessage message, String reason);
}
