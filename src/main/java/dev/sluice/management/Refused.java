package dev.sluice.management;

/** A call asks for what cannot be. Its message is for the caller to read. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status of HTTP
     */
    Refused(int status, String reason) {
        super(reason, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
