package dev.sluice.delivery.spool;

import org.jspecify.annotations.Nullable;

/** A spool cannot be opened or read; the message names file, cause and cure. */
public class SpoolException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SpoolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public SpoolException(String message) {
        super(message);
    }
}
