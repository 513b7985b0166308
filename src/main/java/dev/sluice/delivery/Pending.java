package dev.sluice.delivery;

import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.sink.Failure;

/**
 * A message that a sink has not confirmed yet.
 *
 * @param attempts how often it was sent in vain, not counting when one before it in its stream held it up
 * @param reason why it was not taken last; empty if it was not sent, or was held up
 */
record Pending(SpooledMessage message, int attempts, String reason) {

    Pending(SpooledMessage message) {
        this(message, 0, "");
    }

    Pending after(Failure failure) {
        return failure.held()
                ? new Pending(message, attempts, "")
                : new Pending(message, attempts + 1, failure.reason());
    }

    /** Whether it was refused itself, rather than held up by one before it. */
    boolean refused() {
        return !reason.isEmpty();
    }

    String stream() {
        return message.origin().lane();
    }
}
