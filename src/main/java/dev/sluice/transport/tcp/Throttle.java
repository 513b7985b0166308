package dev.sluice.transport.tcp;

import dev.sluice.transport.Limits;
import dev.sluice.transport.Rate;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds a connection to its rates by letting its thread wait: before a read until bytes may be read, and before a message is
 * handed on until it may be. Meanwhile nothing is read, so that the peer is slowed down by TCP itself. Belongs to that thread,
 * but for {@link #wake()}; asks the clock once a read and once a wait, never for a message.
 */
final class Throttle {

    /** A connection over its rate wakes up so often, or for each message if those are fewer. */
    private static final int ROUNDS_PER_SECOND = 10;
    /** No more is read than a second's worth of messages as short as this, so that what was read is handed on soon. */
    private static final int SHORT_MESSAGE = 64;
    /** But so much, and no more than this. */
    private static final int LEAST_READ = 1024;

    private static final int MOST_READ = 64 * 1024;

    private final @Nullable Rate messages;
    private final @Nullable Rate bytes;
    private final int mostBytes;
    private final BooleanSupplier inHurry;

    private long now = System.nanoTime();
    private long bytesPaidUntil = now;
    private long messagesPaidUntil = now;
    /** Messages that may be handed on without asking, as of {@link #grantedAt}; paid for once they have been. */
    private int granted;

    private int left;
    private long grantedAt = now;
    private volatile @Nullable Thread waiting;

    private Throttle(@Nullable Rate messages, @Nullable Rate bytes, BooleanSupplier inHurry) {
        this.messages = messages;
        this.bytes = bytes;
        this.mostBytes = messages == null
                ? Integer.MAX_VALUE
                : Math.clamp(messages.perSecond() * SHORT_MESSAGE, LEAST_READ, MOST_READ);
        this.inHurry = inHurry;
        grant();
    }

    /**
     * Null if there is no limit.
     *
     * @param inHurry whether to wait no longer, however much the connection is over its rate: asked after each {@link #wake()}
     */
    static @Nullable Throttle of(Limits limits, BooleanSupplier inHurry) {
        long perSecond = limits.messagesPerSecond();
        long bytesPerSecond = limits.bytesPerSecond().toBytes();
        return perSecond == 0 && bytesPerSecond == 0
                ? null
                : new Throttle(
                        perSecond == 0 ? null : new Rate(perSecond),
                        bytesPerSecond == 0 ? null : new Rate(bytesPerSecond),
                        inHurry);
    }

    /** Waits until bytes may be read. Answers for how many nanoseconds. */
    long awaitBytes() {
        if (bytes == null || bytes.available(bytesPaidUntil, now) >= round(bytes)) {
            return 0;
        }
        return await(bytes, bytesPaidUntil);
    }

    /** How much one read may bring, at least a byte. */
    int mostBytes() {
        if (bytes == null || inHurry.getAsBoolean()) {
            return mostBytes;
        }
        return Math.clamp(bytes.available(bytesPaidUntil, now), 1, mostBytes);
    }

    /** A read returned, with so many bytes or the end of the stream. */
    void read(int count) {
        now = System.nanoTime();
        if (bytes != null) {
            bytesPaidUntil = bytes.pay(Math.max(0, count), bytesPaidUntil, now);
        }
        payMessages();
        grant();
    }

    /** Whether more may be read before what has been is answered. */
    boolean mayReadOn() {
        return left > 0 && (bytes == null || bytes.available(bytesPaidUntil, now) > 0);
    }

    /** Whether one more message may be handed on now. */
    boolean tryTake() {
        if (left <= 0) {
            return false;
        }
        left--;
        return true;
    }

    /** Waits until a message may be handed on, and takes that. */
    void take() {
        if (messages != null) {
            payMessages();
            await(messages, messagesPaidUntil);
        }
        grant();
        left--;
    }

    /** For others: has the thread look again whether it is in a hurry. */
    void wake() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    private void payMessages() {
        if (messages != null) {
            messagesPaidUntil = messages.pay(granted - left, messagesPaidUntil, grantedAt);
        }
    }

    private void grant() {
        granted = messages == null || inHurry.getAsBoolean()
                ? Integer.MAX_VALUE
                : Math.clamp(messages.available(messagesPaidUntil, now), 0, Integer.MAX_VALUE);
        left = granted;
        grantedAt = now;
    }

    private long await(Rate rate, long paidUntil) {
        long begun = System.nanoTime();
        now = begun;
        long until = begun + rate.nanosUntil(round(rate), paidUntil, begun);
        waiting = Thread.currentThread();
        try {
            while (until - now > 0 && !inHurry.getAsBoolean()) {
                // Whoever handled a message may have left it interrupted, and then it would not wait.
                Thread.interrupted();
                LockSupport.parkNanos(this, until - now);
                now = System.nanoTime();
            }
        } finally {
            waiting = null;
        }
        return now - begun;
    }

    private static long round(Rate rate) {
        return Math.max(1, rate.perSecond() / ROUNDS_PER_SECOND);
    }
}
