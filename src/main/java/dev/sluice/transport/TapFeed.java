package dev.sluice.transport;

import dev.sluice.message.Origin;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one looker-on sees of a listener: so many frames a second and no more, and of each so many bytes.
 *
 * <p>Threads of connections put frames in and never wait; beyond the rate they only count what is left out. One thread
 * takes them out, and gives leave for the next second's.
 */
public final class TapFeed {

    static final int MOST_A_SECOND = 20;
    static final int MOST_BYTES = 4096;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How many more may be put in. Threads that meet here at once may take it below 0. */
    private final AtomicInteger left = new AtomicInteger(MOST_A_SECOND);

    private final LongAdder skipped = new LongAdder();
    private final BlockingQueue<TappedBytes> frames = new ArrayBlockingQueue<>(2 * MOST_A_SECOND);
    /** When the last second began, by {@code System.nanoTime()}. Belongs to the thread that takes frames out. */
    private long renewedAt = System.nanoTime();

    /**
     * @param bytes returns the first ones, at most so many; null if they may not be shown
     */
    void offer(boolean inbound, Origin origin, int count, int length, @Nullable IntFunction<byte[]> bytes) {
        if (left.get() <= 0 || left.getAndDecrement() <= 0) {
            skipped.add(count);
            return;
        }
        byte[] beginning = bytes == null ? null : bytes.apply(Math.min(length, MOST_BYTES));
        if (!frames.offer(new TappedBytes(System.currentTimeMillis(), inbound, origin, count, length, beginning))) {
            skipped.add(count);
        }
    }

    /** Waits for the next. Returns null if there is none within this time. To be called again and again. */
    public @Nullable TappedBytes poll(long timeout, TimeUnit unit) throws InterruptedException {
        long now = System.nanoTime();
        if (now - renewedAt >= SECOND) {
            renewedAt = now;
            left.set(MOST_A_SECOND);
        }
        return frames.poll(timeout, unit);
    }

    /** Returns how many frames were left out since this was last asked. */
    public long takeSkipped() {
        return skipped.sumThenReset();
    }
}
