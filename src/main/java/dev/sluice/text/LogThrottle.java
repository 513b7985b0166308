package dev.sluice.text;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Keeps what others can bring about at will from filling the log: one line in a while, and a count of what was left
 * out. Used by any thread.
 */
public final class LogThrottle {

    private final long everyNanos;
    /** When a line was written last, in {@code System.nanoTime()}. */
    private final AtomicLong writtenAt;

    private final AtomicLong leftOut = new AtomicLong();

    public LogThrottle(Duration every) {
        this.everyNanos = every.toNanos();
        this.writtenAt = new AtomicLong(System.nanoTime() - everyNanos);
    }

    /**
     * Writes a line, or counts it if the last one is not old enough.
     *
     * @param line writes it; it is given how many were left out since the last one
     */
    public void write(LongConsumer line) {
        write(1, line);
    }

    /**
     * @param events that the line is about, which count if it is left out
     */
    public void write(long events, LongConsumer line) {
        if (isDue(everyNanos)) {
            line.accept(leftOut.getAndSet(0));
        } else {
            leftOut.addAndGet(events);
        }
    }

    /** Writes how many were left out, if there are any and the last line is so old. */
    public void writeLeftOut(Duration age, LongConsumer line) {
        if (leftOut.get() > 0 && isDue(age.toNanos())) {
            line.accept(leftOut.getAndSet(0));
        }
    }

    private boolean isDue(long nanos) {
        long now = System.nanoTime();
        long last = writtenAt.get();
        return now - last >= nanos && writtenAt.compareAndSet(last, now);
    }
}
