package dev.sluice.log;

import org.jspecify.annotations.Nullable;

/** A log cannot be opened, read or written. */
public final class LogException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean full;

    LogException(String message, @Nullable Throwable cause, boolean full) {
        super(message, cause);
        this.full = full;
    }

    /** Returns whether there is no room on the disk. */
    public boolean isFull() {
        return full;
    }
}
