package dev.sluice.request;

import org.jspecify.annotations.Nullable;

/** A request has no answer. The text is for the peer, and names no topic, host or class. */
final class RequestFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RequestFailedException(String reason, @Nullable Throwable cause) {
        super(reason, cause, false, false);
    }

    RequestFailedException(String reason) {
        this(reason, null);
    }

    @Override
    public String toString() {
        return getMessage() + "";
    }
}
