package dev.sluice.command;

import java.util.Arrays;

/**
 * When connections of one device took it over from each other of late, by the stamps of the log. Two devices with one
 * identity at two replicas would do so for ever: after six times in a minute newcomers are refused for a minute.
 */
final class Takeovers {

    private static final int MOST_A_MINUTE = 6;
    private static final long MINUTE_MILLIS = 60_000;

    private final long[] stamps = new long[MOST_A_MINUTE];
    private int next;
    private long refusedUntil = Long.MIN_VALUE;
    private boolean told;

    Takeovers() {
        Arrays.fill(stamps, Long.MIN_VALUE);
    }

    void add(long stamp) {
        stamps[next] = stamp;
        next = (next + 1) % MOST_A_MINUTE;
        // The eldest stands where the next one goes.
        if (stamps[next] > stamp - MINUTE_MILLIS) {
            refusedUntil = stamp + MINUTE_MILLIS;
            Arrays.fill(stamps, Long.MIN_VALUE);
            told = false;
        }
    }

    /** @param time of the log */
    boolean areRestless(long time) {
        return time < refusedUntil;
    }

    /** Returns whether this was not asked before in this minute of refusals. */
    boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }
}
