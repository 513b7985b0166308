package dev.sluice.management.security;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts failed logins by where they come from, and makes whoever has failed {@value #FREE} times wait: a second, then
 * two, four, up to a minute. A source that waits does not keep others from logging in, and has nobody wait in line: it
 * is refused.
 *
 * <p>A login that succeeds changes nothing: otherwise one that is known could buy tries at another. Ten quiet minutes
 * do. Tries that are under way count too, or else a thousand at once would all be free.
 */
final class FailedLogins {

    static final int FREE = 10;

    private static final int MOST_SOURCES = 10_000;
    private static final int MOST_DOUBLINGS = 6;
    private static final long LONGEST_SECONDS = 60;
    private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final class Count {
        private int failures;
        private int underWay;
        private long failedAt;
        private long waitsUntil;
    }

    private final LongSupplier nanoTime;
    /** The one that has been quiet for longest gives way. */
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > MOST_SOURCES;
        }
    };

    FailedLogins(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Asks for a try, which has to be {@link #end ended} if it is granted.
     *
     * @return 0 if it is; else how many seconds to wait
     */
    synchronized long begin(String source) {
        long now = nanoTime.getAsLong();
        Count count = counts.computeIfAbsent(source, _ -> new Count());
        if (now - count.failedAt > FORGOTTEN_NANOS) {
            count.failures = 0;
        }
        if (count.failures + count.underWay >= FREE) {
            long wait = count.failures >= FREE ? count.waitsUntil - now : 0;
            if (wait > 0) {
                return TimeUnit.NANOSECONDS.toSeconds(wait) + 1;
            }
            if (count.underWay > 0) {
                return 1;
            }
        }
        count.underWay++;
        return 0;
    }

    synchronized void end(String source, boolean failed) {
        Count count = counts.get(source);
        if (count == null) {
            return;
        }
        count.underWay--;
        if (failed) {
            count.failures++;
            count.failedAt = nanoTime.getAsLong();
            if (count.failures >= FREE) {
                int doublings = Math.min(count.failures - FREE, MOST_DOUBLINGS);
                count.waitsUntil =
                        count.failedAt + TimeUnit.SECONDS.toNanos(Math.min(1L << doublings, LONGEST_SECONDS));
            }
        } else if (count.failures == 0 && count.underWay == 0) {
            counts.remove(source);
        }
    }

    synchronized int sources() {
        return counts.size();
    }
}
