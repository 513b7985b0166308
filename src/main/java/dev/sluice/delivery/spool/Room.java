package dev.sluice.delivery.spool;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How much of a spool's capacity is taken. Entered once an append, not once a message. */
final class Room {

    private volatile long capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long used;
    private int waiting;
    /** When the first of those who wait began to, or when one of them got room since, by {@code System.nanoTime()}. */
    private long waitingSince;

    private boolean refusing;
    private boolean closed;

    Room(long capacity) {
        this.capacity = capacity;
    }

    /**
     * Takes room, if need be waiting for it. What is larger than the whole spool fits into an empty one.
     *
     * @throws SpoolFullException if there is none, and it does not wait
     * @throws SpoolClosedException if waiting has been refused, or the spool closed
     * @throws SpoolWithdrawnException if it would have to wait and the thread is interrupted
     */
    void take(long bytes, boolean wait) {
        boolean waited = false;
        lock.lock();
        try {
            while (!closed && used > 0 && used + bytes > capacity) {
                if (!wait) {
                    throw new SpoolFullException();
                }
                if (refusing) {
                    throw new SpoolClosedException("the spool is full, and the listener stops");
                }
                if (!waited) {
                    waited = true;
                    beginWait();
                }
                changed.await();
            }
            if (closed) {
                throw new SpoolClosedException("the spool is closed");
            }
            used += bytes;
            if (waited) {
                waitingSince = System.nanoTime();
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new SpoolWithdrawnException();
        } finally {
            waiting -= waited ? 1 : 0;
            lock.unlock();
        }
    }

    private void beginWait() {
        if (waiting == 0) {
            waitingSince = System.nanoTime();
        }
        waiting++;
    }

    /** For how long somebody waits and nobody has got room; 0 if nobody waits. */
    long nanosWaited(long now) {
        lock.lock();
        try {
            return waiting == 0 ? 0 : Math.max(1, now - waitingSince);
        } finally {
            lock.unlock();
        }
    }

    /** Gives back what was taken, or takes regardless of the capacity what is already there. */
    void release(long bytes) {
        lock.lock();
        try {
            used -= bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void refuseHeld(boolean refuse) {
        lock.lock();
        try {
            refusing = refuse;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }

    long capacity() {
        return capacity;
    }

    /** Those who wait may find room by that; what is here already stays, though it may be more. */
    void setCapacity(long bytes) {
        lock.lock();
        try {
            capacity = bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
