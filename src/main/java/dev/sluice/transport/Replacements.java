package dev.sluice.transport;

import java.util.concurrent.TimeUnit;

/**
 * How often connections of one device have replaced each other of late. Two devices with one identity would do so for
 * ever. Used within a step of a map alone.
 */
final class Replacements {

    private static final int MOST_A_MINUTE = 6;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /** When each of the last was, in turns. */
    private final long[] times = new long[MOST_A_MINUTE];

    private int count;
    private boolean refusing;
    private long refusingSince;

    /** What becomes of a newcomer. */
    enum Verdict {
        REPLACES,
        /** It is refused, and the first one in a minute that is. */
        FIRST_REFUSED,
        REFUSED
    }

    /**
     * A newcomer is there.
     *
     * @param now nanoseconds, see {@link System#nanoTime}
     */
    Verdict next(long now) {
        if (refusing && now - refusingSince < MINUTE) {
            return Verdict.REFUSED;
        }
        refusing = false;
        if (count >= MOST_A_MINUTE && now - times[count % MOST_A_MINUTE] < MINUTE) {
            refusing = true;
            refusingSince = now;
            count = 0;
            return Verdict.FIRST_REFUSED;
        }
        times[count % MOST_A_MINUTE] = now;
        count++;
        return Verdict.REPLACES;
    }
}
