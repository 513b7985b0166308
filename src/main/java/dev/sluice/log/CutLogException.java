package dev.sluice.log;

/** A log has fewer records than have been read of it: it was cut, or made anew. */
public final class CutLogException extends Exception {

    private static final long serialVersionUID = 1L;

    CutLogException(String message) {
        super(message);
    }
}
