package dev.sluice.transport.tcp;

import dev.sluice.transport.Devices;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A device that is a server: where it is, how it is, and how long to wait before it is dialled again. There is one
 * attempt or connection at a time, whose thread changes this; how it is may be asked by any.
 */
final class DialledDevice {

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    /** A change is told at most so often for long, and so many in a row: enough for one that restarts all day. */
    private static final LogAllowance OF_ONE = new LogAllowance(Duration.ofSeconds(30), 120);

    /** Replaced as a whole, once a change. */
    private record Status(
            boolean up, Instant since, @Nullable String failure) {}

    private final DeviceAddress address;
    private volatile long mostWaitNanos;
    private final LogAllowance.Account told = OF_ONE.open();
    /** Null until its first attempt is over. */
    private volatile @Nullable Status status;

    /** As long as it is, or a little less, is waited before the next attempt. */
    private long nextWaitNanos;

    private long lastWaitNanos;
    private long upSince;

    /**
     * When to dial it, in {@code System.nanoTime()}, and whether somebody does. Belong to the {@link DialQueue}'s lock.
     */
    long dueAt;

    boolean taken;

    /** Whether it is one of those to dial, which a change of the listener may end. */
    boolean declared = true;

    DialledDevice(DeviceAddress address, Duration mostWait) {
        this.address = address;
        this.mostWaitNanos = mostWait.toNanos();
        this.nextWaitNanos = firstWaitNanos();
    }

    /** From now on it is not waited for longer than this. */
    void waitAtMost(Duration mostWait) {
        mostWaitNanos = mostWait.toNanos();
    }

    private long firstWaitNanos() {
        return Math.min(FIRST_WAIT.toNanos(), mostWaitNanos);
    }

    DeviceAddress address() {
        return address;
    }

    boolean isUp() {
        Status now = status;
        return now != null && now.up();
    }

    /** Returns why it is away; nothing if it is up, or nobody has dialled it yet. */
    Optional<Devices.Absence> absence() {
        Status now = status;
        return now == null || now.failure() == null
                ? Optional.empty()
                : Optional.of(new Devices.Absence(address.toString(), now.since(), now.failure()));
    }

    void up() {
        upSince = System.nanoTime();
        status = new Status(true, Instant.now(), null);
    }

    /** Returns whether that is a change, rather than one more attempt in vain. */
    boolean away(String failure) {
        Status before = status;
        if (before == null || before.up()) {
            status = new Status(false, Instant.now(), failure);
            return true;
        }
        if (!failure.equals(before.failure())) {
            status = new Status(false, before.since(), failure);
        }
        return false;
    }

    /** It is as if nobody had dialled it: its listener has stopped. */
    void forget() {
        status = null;
        nextWaitNanos = firstWaitNanos();
        lastWaitNanos = 0;
    }

    /**
     * Returns how long to wait before the next attempt, in nanoseconds: from half of the wait to the whole of it, so
     * that devices that went together are not dialled together. It doubles until a connection has been of use.
     *
     * @param messages that the connection brought which has just ended; 0 if there was none
     */
    long takeWait(long messages) {
        boolean lasted = isUp() && System.nanoTime() - upSince > Math.max(lastWaitNanos, firstWaitNanos());
        if (messages > 0 || lasted) {
            nextWaitNanos = firstWaitNanos();
        }
        nextWaitNanos = Math.min(nextWaitNanos, mostWaitNanos);
        lastWaitNanos = nextWaitNanos - ThreadLocalRandom.current().nextLong(nextWaitNanos / 2 + 1);
        nextWaitNanos = Math.min(nextWaitNanos * 2, mostWaitNanos);
        return lastWaitNanos;
    }

    /** Returns whether to write a line about it now. */
    boolean mayTell() {
        return told.tryTake();
    }
}
