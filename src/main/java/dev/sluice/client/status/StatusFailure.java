package dev.sluice.client.status;

/** Why the service could not be asked: one line for standard error, naming thing, cause and cure, and the exit code. */
final class StatusFailure extends Exception {

    private static final long serialVersionUID = 1;

    /** The service cannot be reached, or does not let us in. */
    static final int NOT_REACHABLE = 1;

    /** The arguments, or what they name, cannot be. */
    static final int USAGE = 2;

    private final int exitCode;

    private StatusFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    static StatusFailure notReachable(String message) {
        return new StatusFailure(NOT_REACHABLE, message);
    }

    static StatusFailure usage(String message) {
        return new StatusFailure(USAGE, message);
    }

    int exitCode() {
        return exitCode;
    }
}
