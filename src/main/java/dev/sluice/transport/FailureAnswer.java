package dev.sluice.transport;

import dev.sluice.message.ReceivedMessage;
import org.jspecify.annotations.Nullable;

/** What a peer gets in place of a reply to a message that was not accepted. Called by many threads at once. */
@FunctionalInterface
public interface FailureAnswer {

    /**
     * @param reason in a few words
     * @return the payload; null if there is no answer, so that a TCP connection has to end
     */
    byte @Nullable [] render(ReceivedMessage message, String reason);
}
