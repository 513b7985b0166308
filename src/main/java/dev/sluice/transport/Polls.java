package dev.sluice.transport;

import dev.sluice.message.Origin;
import java.util.List;

/**
 * What is asked of each connection of a listener, round by round.
 *
 * @param everyNanos from the beginning of a round to that of the next
 * @param timeoutNanos how long an answer is waited for
 * @param identified whether only devices are asked that have said who they are
 * @param polls of a round, in their order; at least one
 */
public record Polls(long everyNanos, long timeoutNanos, boolean identified, List<Poll> polls) {

    /** One of them. */
    public interface Poll {

        /**
         * Returns the payload of the frame that is written.
         *
         * @param sequence counts what is asked of this connection, from 1
         * @throws RuntimeException if it cannot be made for this peer
         */
        byte[] payload(Origin peer, long sequence);
    }
}
