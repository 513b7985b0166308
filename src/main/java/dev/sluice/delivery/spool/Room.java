package dev.sluice.delivery.spool;

/** How much of a spool's capacity is taken. Its monitor is entered once an append, not once a message. */
final class Room {

    private volatile long capacity;
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
    synchronized void take(long bytes, boolean wait) {
        boolean waited = false;
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
                wait();
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
        }
    }

    private void beginWait() {
        if (waiting == 0) {
            waitingSince = System.nanoTime();
        }
        waiting++;
    }

    /** For how long somebody waits and nobody has got room; 0 if nobody waits. */
    synchronized long nanosWaited(long now) {
        return waiting == 0 ? 0 : Math.max(1, now - waitingSince);
    }

    /** Gives back what was taken, or takes regardless of the capacity what is already there. */
    synchronized void release(long bytes) {
        used -= bytes;
        notifyAll();
    }

    synchronized void refuseHeld(boolean refuse) {
        refusing = refuse;
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized long used() {
        return used;
    }

    long capacity() {
        return capacity;
    }

    /** Those who wait may find room by that; what is here already stays, though it may be more. */
    synchronized void setCapacity(long bytes) {
        capacity = bytes;
        notifyAll();
    }
}
