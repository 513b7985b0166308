package dev.sluice.listener;

import org.jspecify.annotations.Nullable;

/** This process cannot be one of several, as it is configured. */
final class ClusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, with the cure */
    ClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
