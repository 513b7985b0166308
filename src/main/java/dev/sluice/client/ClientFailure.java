package dev.sluice.client;

/** Why it did not work: one line for standard error, naming thing, cause and cure, and the exit code. */
public final class ClientFailure extends Exception {

    private static final long serialVersionUID = 1;

    /** All was sent and what was to come has come. */
    static final int DONE = 0;

    /** Refused, unreachable, or broken off. */
    static final int BROKEN = 1;

    /** The arguments, or what they name, cannot be. */
    private static final int USAGE = 2;

    private static final int TIMED_OUT = 3;

    private final int exitCode;

    private ClientFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public static ClientFailure broken(String message) {
        return new ClientFailure(BROKEN, message);
    }

    public static ClientFailure usage(String message) {
        return new ClientFailure(USAGE, message);
    }

    static ClientFailure timedOut(String message) {
        return new ClientFailure(TIMED_OUT, message);
    }

    public int exitCode() {
        return exitCode;
    }
}
