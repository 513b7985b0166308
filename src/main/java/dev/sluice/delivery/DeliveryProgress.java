package dev.sluice.delivery;

import dev.sluice.delivery.spool.DeadLetter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Where those wait whose peers want to know that every sink has their messages. */
final class DeliveryProgress {

    /** Of those that died lately; a reader who waits for one comes before so many others have died. */
    private static final int MOST_REASONS = 100_000;

    private final boolean awaited;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final Map<Long, String> reasons = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
            return size() > MOST_REASONS;
        }
    };
    private volatile List<Delivery> deliveries = List.of();
    private boolean refusing;

    /**
     * @param awaited whether anybody ever waits
     */
    DeliveryProgress(boolean awaited) {
        this.awaited = awaited;
    }

    void of(List<Delivery> all) {
        deliveries = all;
    }

    /** Notes that messages died; why, their peers are not told. Called before their sink's position moves on, or else they would pass for delivered. */
    void died(List<DeadLetter> letters) {
        if (!awaited || letters.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            letters.forEach(letter -> reasons.put(letter.position(), "not delivered"));
        } finally {
            lock.unlock();
        }
    }

    /** A sink's position has moved on. */
    void advanced() {
        if (!awaited) {
            return;
        }
        lock.lock();
        try {
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void refuseHeld(boolean refuse) {
        lock.lock();
        try {
            refusing = refuse;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all sinks are done with everything before a position; answers whether they are, not having been refused or
     * interrupted.
     */
    boolean await(long end) {
        lock.lock();
        try {
            while (!refusing && !allBeyond(end)) {
                advanced.await();
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return allBeyond(end);
    }

    private boolean allBeyond(long end) {
        for (Delivery delivery : deliveries) {
            if (delivery.position() < end) {
                return false;
            }
        }
        return true;
    }

    /** Why the message at a position died; null if it was delivered. */
    @Nullable
    String reason(long position) {
        lock.lock();
        try {
            return reasons.remove(position);
        } finally {
            lock.unlock();
        }
    }
}
