package dev.sluice.transport.tcp;

import java.time.Duration;

/**
 * How many lines may be written: so many at once, then one each time that so much time has passed.
 *
 * @param each how long it takes until one more may be written
 * @param most that are saved up
 */
record LogAllowance(Duration each, int most) {

    Account open() {
        return new Account(this);
    }

    /** What somebody has had of it. Safe for use by any thread. */
    static final class Account {

        private final LogAllowance allowance;
        /** Until when the lines so far are paid for, in {@code System.nanoTime()}. */
        private long paidUntil = System.nanoTime();

        private Account(LogAllowance allowance) {
            this.allowance = allowance;
        }

        /** Returns whether one more may be written now, which then counts. */
        synchronized boolean tryTake() {
            long now = System.nanoTime();
            long price = allowance.each().toNanos();
            long owed = Math.max(0, paidUntil - now);
            if (owed > (allowance.most() - 1) * price) {
                return false;
            }
            paidUntil = now + owed + price;
            return true;
        }
    }
}
