package dev.sluice.transport;

/**
 * So much a second, and at most a second's worth at once: a token bucket. What anybody has had of it is kept by whoever
 * asks, as a single number: until when it is paid for, in terms of {@code System.nanoTime()} (the generic cell rate
 * algorithm, ITU-T I.371). So state costs eight bytes, and no thread and no timer has to refill anything.
 *
 * @param perSecond from 1 on
 */
public record Rate(long perSecond) {

    private static final long SECOND = 1_000_000_000L;
    /** Beyond this a second's worth times a second overflows; no socket is as fast. */
    private static final long MOST = 8_000_000_000L;

    public Rate {
        perSecond = Math.clamp(perSecond, 1, MOST);
    }

    /** How much may be had now by somebody who has paid until then. */
    public long available(long paidUntil, long now) {
        return (SECOND - owed(paidUntil, now)) * perSecond / SECOND;
    }

    /** How many nanoseconds it takes until so much may be had, 0 if it may be now; never more than a second's worth. */
    public long nanosUntil(long amount, long paidUntil, long now) {
        long price = Math.ceilDiv(Math.min(amount, perSecond) * SECOND, perSecond);
        return Math.max(0, owed(paidUntil, now) + price - SECOND);
    }

    /** Until when it is paid for once so much has been had. More than may be had makes a debt. */
    public long pay(long amount, long paidUntil, long now) {
        return now + owed(paidUntil, now) + amount * SECOND / perSecond;
    }

    private static long owed(long paidUntil, long now) {
        return Math.max(0, paidUntil - now);
    }
}
