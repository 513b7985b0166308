package dev.sluice.transport.tcp;

import dev.sluice.transport.Rate;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** So many connections a second, of all addresses together, and at most a second's worth at once. */
final class ConnectionRate {

    private final Rate rate;
    private final LongSupplier nanoTime;
    private final AtomicLong paidUntil;

    ConnectionRate(int perSecond) {
        this(perSecond, System::nanoTime);
    }

    ConnectionRate(int perSecond, LongSupplier nanoTime) {
        this.rate = new Rate(perSecond);
        this.nanoTime = nanoTime;
        this.paidUntil = new AtomicLong(nanoTime.getAsLong());
    }

    /** Counts one more connection, or answers that it comes too soon. */
    boolean tryAcquire() {
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
