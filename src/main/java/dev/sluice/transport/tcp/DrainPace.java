package dev.sluice.transport.tcp;

import java.util.concurrent.TimeUnit;

/**
 * How fast the connections of a process are ended when it stops. Their devices connect again at once, and the others
 * should not get all of them in the same moment. All listeners of the process share it.
 */
public final class DrainPace {

    private static final long MOST_SAVED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final long everyNanos;
    /** Since when nobody has taken a turn, in {@code System.nanoTime()}. */
    private long since = System.nanoTime();

    /**
     * @param perSecond how many connections, at least 1
     */
    public DrainPace(int perSecond) {
        this.everyNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Takes turns, so many at the most. Returns for how many it is time. */
    synchronized int take(int most) {
        long now = System.nanoTime();
        since = Math.max(since, now - MOST_SAVED_NANOS);
        int turns = (int) Math.min(most, (now - since) / everyNanos);
        since += turns * everyNanos;
        return turns;
    }
}
