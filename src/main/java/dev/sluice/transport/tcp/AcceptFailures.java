package dev.sluice.transport.tcp;

import dev.sluice.transport.Steering;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures of a listener to accept, as when the process has too many files open: each is counted and waited after,
 * longer each time, so that the loop neither ends nor spins. Belongs to the thread that accepts.
 */
final class AcceptFailures {

    private static final Logger log = LoggerFactory.getLogger(AcceptFailures.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(10);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);

    private final String listener;
    private final Steering steering;
    private Duration backoff = FIRST_BACKOFF;

    AcceptFailures(String listener, Steering steering) {
        this.listener = listener;
        this.steering = steering;
    }

    /** A connection was accepted: the next failure is the first of a row. */
    void end() {
        backoff = FIRST_BACKOFF;
    }

    /** Counts one, and returns when to try on. Only the first of a row and those behind the longest wait are logged. */
    void waitAfter(IOException ex) {
        steering.settings().traffic().acceptErrors.increment();
        if (backoff.equals(FIRST_BACKOFF) || backoff.equals(LONGEST_BACKOFF)) {
            log.warn("Listener '{}': accepting failed, trying on: {}", listener, ex.getMessage());
        }
        try {
            Thread.sleep(backoff);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        backoff = backoff.multipliedBy(2).compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : backoff.multipliedBy(2);
    }
}
