package dev.sluice.pattern;

/** An answer cannot be written with these values; the message is a sentence for a log. */
public final class UnwritableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String message;

    UnwritableException(String message) {
        // Peers can bring it about with each message, so it costs no stack trace.
        super(message, null, false, false);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
