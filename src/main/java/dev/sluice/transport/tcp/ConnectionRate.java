package dev.sluice.transport.tcp;

import dev.sluice.transport.Rate;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** So many connections a second, of all addresses together, and at most a second's worth at once. */
final class ConnectionRate {

    private final LongSupplier nanoTime;
    private final AtomicLong paidUntil;

    ConnectionRate() {
        this(System::nanoTime);
    }

    ConnectionRate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.paidUntil = new AtomicLong(nanoTime.getAsLong());
    }

    /**
     * Counts one more connection, unless it comes too soon. Returns whether it did.
     *
     * @param perSecond 0 is no limit
     */
    boolean tryAcquire(int perSecond) {
        if (perSecond == 0) {
            return true;
        }
        Rate rate = new Rate(perSecond);
        while (true) {
            long paid = paidUntil.get();
            long now = nanoTime.getAsLong();
            if (rate.available(paid, now) < 1) {
                return false;
            }
            if (paidUntil.compareAndSet(paid, rate.pay(1, paid, now))) {
                return true;
            }
        }
    }
}
