package dev.sluice.transport.tcp;

import dev.sluice.transport.Limits;
import dev.sluice.transport.Rate;
import dev.sluice.transport.Waits;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds a connection to its rates by letting its thread wait: before a read until bytes may be read, and before a
 * message is handed on until it may be. Meanwhile nothing is read, so that the peer is slowed down by TCP itself.
 * Belongs to that thread; asks the clock once a read and once a wait, never for a message.
 */
final class Throttle {

    /** A connection over its rate wakes up so often, or for each message if those are fewer. */
    private static final int ROUNDS_PER_SECOND = 10;
    /** No more is read than a second's worth of messages as short as this, so that what was read is handed on soon. */
    private static final int SHORT_MESSAGE = 64;
    /** But so much, and no more than this. */
    private static final int LEAST_READ = 1024;

    private static final int MOST_READ = 64 * 1024;

    private final Waits waits;
    private final BooleanSupplier inHurry;

    /** Null where there is no limit, as is the other. */
    private @Nullable Rate messages;

    private @Nullable Rate bytes;
    private boolean limiting;
    private int mostBytes;

    private long now;
    private long bytesPaidUntil;
    private long messagesPaidUntil;
    /** Messages that may be handed on without asking, as of {@link #grantedAt}; paid for once they have been. */
    private int granted;

    private int left;
    private long grantedAt;

    /**
     * @param waits of the thread
     * @param inHurry whether to wait no longer, however much the connection is over its rate: asked whenever it is
     *     woken
     */
    Throttle(Limits limits, Waits waits, BooleanSupplier inHurry) {
        this.waits = waits;
        this.inHurry = inHurry;
        limit(limits);
    }

    /** Holds the connection to these from now on, whatever it has had by then. */
    void limit(Limits limits) {
        messages = rate(limits.messagesPerSecond());
        bytes = rate(limits.bytesPerSecond().toBytes());
        limiting = messages != null || bytes != null;
        mostBytes = messages == null
                ? Integer.MAX_VALUE
                : Math.clamp(messages.perSecond() * SHORT_MESSAGE, LEAST_READ, MOST_READ);
        now = System.nanoTime();
        bytesPaidUntil = now;
        messagesPaidUntil = now;
        grant();
    }

    private static @Nullable Rate rate(long perSecond) {
        return perSecond == 0 ? null : new Rate(perSecond);
    }

    /** Returns whether there is any limit. */
    boolean isLimiting() {
        return limiting;
    }

    /** Waits until bytes may be read. Returns for how many nanoseconds. */
    long awaitBytes() {
        Rate rate = bytes;
        if (rate == null || rate.available(bytesPaidUntil, now) >= round(rate)) {
            return 0;
        }
        return await(rate, bytesPaidUntil);
    }

    /** How much one read may bring, at least a byte. */
    int mostBytes() {
        Rate rate = bytes;
        if (rate == null || inHurry.getAsBoolean()) {
            return mostBytes;
        }
        return Math.clamp(rate.available(bytesPaidUntil, now), 1, mostBytes);
    }

    /** A read returned, with so many bytes or the end of the stream. */
    void read(int count) {
        if (!limiting) {
            return;
        }
        now = System.nanoTime();
        if (bytes != null) {
            bytesPaidUntil = bytes.pay(Math.max(0, count), bytesPaidUntil, now);
        }
        payMessages();
        grant();
    }

    /** Returns whether more may be read before what has been is answered. */
    boolean mayReadOn() {
        return !limiting || left > 0 && (bytes == null || bytes.available(bytesPaidUntil, now) > 0);
    }

    /** Returns whether one more message may be handed on now. */
    boolean tryTake() {
        if (!limiting) {
            return true;
        }
        if (left <= 0) {
            return false;
        }
        left--;
        return true;
    }

    /** Waits until a message may be handed on, and takes that. */
    void take() {
        Rate rate = messages;
        if (rate != null) {
            payMessages();
            await(rate, messagesPaidUntil);
        }
        grant();
        left--;
    }

    private void payMessages() {
        if (messages != null) {
            messagesPaidUntil = messages.pay(granted - left, messagesPaidUntil, grantedAt);
        }
    }

    private void grant() {
        Rate rate = messages;
        granted = rate == null || inHurry.getAsBoolean()
                ? Integer.MAX_VALUE
                : Math.clamp(rate.available(messagesPaidUntil, now), 0, Integer.MAX_VALUE);
        left = granted;
        grantedAt = now;
    }

    private long await(Rate rate, long paidUntil) {
        long begun = System.nanoTime();
        now = begun;
        long until = begun + rate.nanosUntil(round(rate), paidUntil, begun);
        waits.enter();
        try {
            while (until - now > 0 && !inHurry.getAsBoolean()) {
                LockSupport.parkNanos(this, until - now);
                now = System.nanoTime();
            }
        } finally {
            waits.leave();
        }
        return now - begun;
    }

    private static long round(Rate rate) {
        return Math.max(1, rate.perSecond() / ROUNDS_PER_SECOND);
    }
}
