package dev.sluice.command;

/** A command is not taken, and will not be. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Cause {
        /** Another command has the same id, with other bytes or for another device. */
        CONFLICT,
        /** The device has as many pending as it may. */
        TOO_MANY,
        /** The log has no room. */
        FULL,
        /** The log cannot be written just now, or the service ends. */
        UNAVAILABLE,
        /** It is too much, or cannot be sent. */
        REFUSED
    }

    private final Cause why;

    /** @param message a clause that says why */
    public RefusedException(Cause why, String message) {
        super(message);
        this.why = why;
    }

    /** Returns why. */
    public Cause why() {
        return why;
    }
}
