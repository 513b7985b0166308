package dev.sluice.message;

/**
 * When connections of one device took it over from each other of late. Two devices with one identity would do so for
 * ever: after six times within a minute they are restless, and newcomers are to be refused for a minute. Used by one
 * thread at a time.
 */
public final class Takeovers {

    private static final int MOST_A_MINUTE = 6;
    private static final long MINUTE_MILLIS = 60_000;

    /** When each of the last was, in turns. */
    private final long[] times = new long[MOST_A_MINUTE];

    private int known;
    private int next;
    private boolean told;

    /** @param millis by a clock that goes on steadily, the same for all calls */
    public void add(long millis) {
        if (!areRestless(millis)) {
            told = false;
        }
        times[next] = millis;
        next = (next + 1) % MOST_A_MINUTE;
        known = Math.min(known + 1, MOST_A_MINUTE);
    }

    /** The last one was none: the device had given its former connection up before. */
    public void takeBack() {
        if (known > 0) {
            known--;
            next = newest();
        }
    }

    /** Returns whether a newcomer is to be refused at this time. */
    public boolean areRestless(long millis) {
        if (known < MOST_A_MINUTE) {
            return false;
        }
        long last = times[newest()];
        // The eldest stands where the next one goes.
        return last - times[next] < MINUTE_MILLIS && millis - last < MINUTE_MILLIS;
    }

    /** Returns whether this is the first call since they became restless, so that it is said once. */
    public boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }

    private int newest() {
        return (next + MOST_A_MINUTE - 1) % MOST_A_MINUTE;
    }
}
