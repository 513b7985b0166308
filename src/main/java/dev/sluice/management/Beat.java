package dev.sluice.management;

import java.util.concurrent.TimeUnit;

/** Tells once a second that it is time. Used by one thread. */
final class Beat {

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Whoever asks a little early need not wait for another turn. */
    private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private long due = System.nanoTime();

    boolean isDue() {
        long now = System.nanoTime();
        if (now - due < -EARLY_NANOS) {
            return false;
        }
        due = now + SECOND_NANOS;
        return true;
    }
}
