package dev.sluice.transport.tcp;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Tap;
import org.jspecify.annotations.Nullable;

/**
 * Who else than the handling of messages minds what a peer says: who waits for its answer, and operators who look on.
 * Belongs to the connection's thread.
 */
final class Bystanders {

    private final Awaiters awaiters;
    private final Tap tap;
    /** Those that there were at the last look. */
    private Tap.@Nullable Onlookers onlookers;

    Bystanders(Awaiters awaiters, Tap tap) {
        this.awaiters = awaiters;
        this.tap = tap;
    }

    /** Returns whether there is anybody. Asked once a read: where there is nobody, nothing else has to be. */
    boolean any() {
        onlookers = tap.onlookers();
        return onlookers != null || awaiters.any();
    }

    /** Those who look on see a message. */
    void show(ReceivedMessage message) {
        if (onlookers != null) {
            onlookers.received(message.origin(), message.getPayload());
        }
    }

    /** All get a message. Returns whether it is for somebody who waited for it, and for nobody else. */
    boolean take(ReceivedMessage message) {
        show(message);
        return awaiters.any() && awaiters.take(message.getPayload());
    }
}
