package dev.sluice.delivery.spool;

/** Nobody waits any more for what was to be appended, and it is not in the spool. */
public final class SpoolWithdrawnException extends SpoolException {

    private static final long serialVersionUID = 1L;

    SpoolWithdrawnException() {
        super("its connection was closed");
    }
}
