package dev.sluice.sink.http;

/**
 * How large a body is made: as declared, until the server finds one too large. Then half of that is tried, and slowly
 * more again, so that few are sent in vain, and a limit that is lifted is found out. Safe for any thread; an update
 * that gets lost does no harm.
 */
final class BodyLimit {

    /** By this part of itself it grows with each body that was taken. */
    private static final int GROWTH = 32;

    private final long most;
    private volatile long now;

    /**
     * @param most in bytes
     */
    BodyLimit(long most) {
        this.most = most;
        this.now = most;
    }

    long bytes() {
        return now;
    }

    /** A body of so many bytes, with more than one message in it, was too large. */
    void refused(long size) {
        now = Math.max(1, Math.min(now, size / 2));
    }

    void taken() {
        long before = now;
        if (before < most) {
            now = Math.min(most, before + before / GROWTH + 1);
        }
    }
}
