package dev.sluice.sink;

/** The destination refuses our credentials or rights, so that no message could be sent. */
public final class UnauthorizedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnauthorizedException(String message, Throwable cause) {
        super(message, cause);
    }
}
