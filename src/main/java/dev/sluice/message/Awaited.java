package dev.sluice.message;

import org.jspecify.annotations.Nullable;

/** The answer to a message that somebody else is still to give. Belongs to the thread that handles the message. */
public interface Awaited {

    /**
     * Waits until it is there, or will not come any more.
     *
     * @return the payload; null if the peer is sent nothing
     * @throws RuntimeException if the message failed; its text reaches the peer as {@code {reason}}
     */
    byte @Nullable [] await() throws InterruptedException;

    /** Nobody will ask for it. */
    void forsake();
}
