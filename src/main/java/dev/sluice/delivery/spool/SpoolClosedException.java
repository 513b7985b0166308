package dev.sluice.delivery.spool;

/** The spool takes nothing more, since the listener or the program ends. */
public final class SpoolClosedException extends SpoolException {

    private static final long serialVersionUID = 1L;

    SpoolClosedException(String message) {
        super(message);
    }
}
