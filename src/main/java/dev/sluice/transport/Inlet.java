package dev.sluice.transport;

import dev.sluice.message.ReceivedMessage;
import org.jspecify.annotations.Nullable;

/**
 * Where a transport hands on what it has received. Called by the thread of the message's peer, and returns once it is
 * handled.
 */
@FunctionalInterface
public interface Inlet {

    /**
     * @return the message that was handled: this one, or what took its place; null if it was refused
     */
    @Nullable
    ReceivedMessage handOn(ReceivedMessage message);
}
