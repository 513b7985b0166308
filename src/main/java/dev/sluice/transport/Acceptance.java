package dev.sluice.transport;

import dev.sluice.message.ReceivedMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes charge of messages once they have been handled, and before their peers are answered: those that one read brought,
 * together. Called by many threads at once, for one connection by one at a time and in order.
 */
public interface Acceptance {

    /** Takes charge at once, of whatever comes. */
    Acceptance AT_ONCE = messages -> null;

    /**
     * Returns when the messages are as safe as the listener's owner wants them, or have failed; until then the thread waits, and
     * with it the peer.
     *
     * @param messages at least one
     * @return null if all are safe; else an element for each, null for those that are
     */
    @Nullable
    Refused @Nullable [] accept(List<ReceivedMessage> messages);

    /** Whether peers are answered first, since all they want to know is that their message has come. */
    default boolean answersFirst() {
        return false;
    }

    /**
     * Why a peer is not told that all is well.
     *
     * @param reason in a few words, for the peer
     * @param accepted whether somebody has taken charge of the message all the same, though not as the peer wants it
     * @param dropped under which reason to count the message as dropped; if null, and it is not accepted, it has failed
     */
    record Refused(String reason, boolean accepted, Reason.@Nullable Dropped dropped) {

        /** Whether to count the message as failed. */
        public boolean failed() {
            return !accepted && dropped == null;
        }
    }
}
