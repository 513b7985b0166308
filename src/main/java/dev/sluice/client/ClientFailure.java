package dev.sluice.client;

/** Why it did not work: one line for standard error, naming thing, cause and cure, and the exit code. */
final class ClientFailure extends Exception {

    private static final long serialVersionUID = 1;

    /** All was sent and what was to come has come. */
    static final int DONE = 0;

    /** Exit codes other than 0. */
    enum Kind {
        /** Refused, unreachable, or broken off. */
        BROKEN(1),
        /** The arguments, or what they name, cannot be. */
        USAGE(2),
        TIMED_OUT(3);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }
    }

    private final Kind kind;

    private ClientFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static ClientFailure broken(String message) {
        return new ClientFailure(Kind.BROKEN, message);
    }

    static ClientFailure usage(String message) {
        return new ClientFailure(Kind.USAGE, message);
    }

    static ClientFailure timedOut(String message) {
        return new ClientFailure(Kind.TIMED_OUT, message);
    }

    int exitCode() {
        return kind.exitCode;
    }
}
