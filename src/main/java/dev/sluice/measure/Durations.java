package dev.sluice.measure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Durations, counted in buckets. Any number of threads add to them at once without a lock, and an addition makes no
 * object. A reader sees each number as it is at that moment, and all of them only once nobody adds.
 */
public final class Durations {

    /** The upper bounds of the buckets in nanoseconds. One more bucket takes all that took longer than the last. */
    private static final long[] BOUNDS = {
        100_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        25_000_000,
        50_000_000,
        100_000_000,
        250_000_000,
        500_000_000,
        1_000_000_000,
        2_500_000_000L,
        5_000_000_000L,
        10_000_000_000L
    };

    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    public Durations() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    /** Adds one duration in nanoseconds. */
    public void add(long duration) {
        add(duration, 1);
    }

    /**
     * Adds a duration as often as so many things took it together.
     *
     * @param duration in nanoseconds
     */
    public void add(long duration, long times) {
        buckets[bucket(duration)].add(times);
        nanos.add(duration * times);
    }

    private static int bucket(long duration) {
        int bucket = 0;
        while (bucket < BOUNDS.length && duration > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    /** Returns how many durations there are. */
    public long count() {
        long count = 0;
        for (LongAdder bucket : buckets) {
            count += bucket.sum();
        }
        return count;
    }

    /** Returns all durations summed up. */
    public double total(TimeUnit unit) {
        return (double) nanos.sum() / unit.toNanos(1);
    }

    /** Returns the upper bounds of the buckets in seconds. The last is infinite. */
    public static double[] bounds() {
        double[] seconds = new double[BOUNDS.length + 1];
        for (int i = 0; i < BOUNDS.length; i++) {
            seconds[i] = BOUNDS[i] / 1e9;
        }
        seconds[BOUNDS.length] = Double.POSITIVE_INFINITY;
        return seconds;
    }

    /** Returns how many durations lie in each bucket, and not in one before it. */
    public long[] counts() {
        long[] counts = new long[buckets.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = buckets[i].sum();
        }
        return counts;
    }
}
