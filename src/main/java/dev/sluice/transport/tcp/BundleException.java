package dev.sluice.transport.tcp;

import org.jspecify.annotations.Nullable;

/** An SSL bundle cannot be used, or not for what is asked of it; the message says what is wrong with it. */
public final class BundleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BundleException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
