package dev.sluice.listener;

import org.jspecify.annotations.Nullable;

/** A listener could not do what it was told. */
public final class ListenerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    ListenerException(String listener, String reason, @Nullable Throwable cause) {
        super("Listener '" + listener + "': " + reason, cause);
        this.reason = reason;
    }

    /** Without the listener's name. */
    public String reason() {
        return reason;
    }
}
