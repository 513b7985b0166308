package dev.sluice.management;

/** The last samples of a listener's counters, in a ring. Used by one thread at a time. */
final class Samples {

    /** How many are kept. */
    static final int MOST = 120;

    /** What is sampled, in the order in which it is given. */
    enum Counter {
        RECEIVED,
        ACCEPTED,
        FAILED,
        DROPPED,
        BYTES_IN,
        BYTES_OUT,
        OPEN,
        SPOOLED
    }

    private final long[] at = new long[MOST];
    private final long[][] values = new long[Counter.values().length][MOST];
    private int next;
    private int size;

    /**
     * Samples as they are shown, oldest first, each array as long as the others. All are running totals but the last
     * two.
     *
     * @param at in milliseconds since the epoch
     * @param open connections at that moment
     * @param spooled messages that waited at that moment
     */
    record Shown(
            long[] at,
            long[] received,
            long[] accepted,
            long[] failed,
            long[] dropped,
            long[] bytesIn,
            long[] bytesOut,
            long[] open,
            long[] spooled) {}

    /** @param counters in the order of {@link Counter} */
    void add(long millis, long[] counters) {
        at[next] = millis;
        for (int i = 0; i < values.length; i++) {
            values[i][next] = counters[i];
        }
        next = (next + 1) % MOST;
        size = Math.min(MOST, size + 1);
    }

    Shown shown() {
        return new Shown(
                inOrder(at),
                of(Counter.RECEIVED),
                of(Counter.ACCEPTED),
                of(Counter.FAILED),
                of(Counter.DROPPED),
                of(Counter.BYTES_IN),
                of(Counter.BYTES_OUT),
                of(Counter.OPEN),
                of(Counter.SPOOLED));
    }

    private long[] of(Counter counter) {
        return inOrder(values[counter.ordinal()]);
    }

    private long[] inOrder(long[] ring) {
        long[] ordered = new long[size];
        for (int i = 0; i < size; i++) {
            ordered[i] = ring[(next - size + i + MOST) % MOST];
        }
        return ordered;
    }
}
