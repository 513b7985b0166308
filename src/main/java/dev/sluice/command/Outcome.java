package dev.sluice.command;

/** What became of a command. Each has exactly one. */
public enum Outcome {
    /** It was written, or the device said yes, as {@link Confirm} asks. */
    CONFIRMED,
    /** The device said no. */
    REJECTED,
    /** It was never sent, and its time to live is over. */
    EXPIRED,
    /** It was sent and not confirmed: it may have been done. */
    UNCONFIRMED,
    /** It was never sent, since somebody cancelled it. */
    CANCELLED,
    /** It was never queued. */
    REFUSED;

    /** Returns whether it was certainly never sent. */
    public boolean isNeverSent() {
        return this == EXPIRED || this == CANCELLED || this == REFUSED;
    }
}
