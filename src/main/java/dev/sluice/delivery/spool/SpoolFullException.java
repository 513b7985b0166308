package dev.sluice.delivery.spool;

/** There is no room for what was to be appended. */
public final class SpoolFullException extends SpoolException {

    private static final long serialVersionUID = 1L;

    SpoolFullException() {
        super("the spool is full");
    }
}
