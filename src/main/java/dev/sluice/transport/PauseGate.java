package dev.sluice.transport;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Holds the threads of a paused listener. Open, it costs one volatile read. */
public final class PauseGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private volatile boolean closed;

    /** Waits while the gate is closed; not to be interrupted, since whoever ends a listener opens its gate. */
    public void pass() {
        if (!closed) {
            return;
        }
        lock.lock();
        try {
            while (closed) {
                opened.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The same for a thread whose wait others may end: it is not held while it is interrupted. */
    public void pass(Waits waits) {
        if (!closed) {
            return;
        }
        waits.enter();
        lock.lock();
        try {
            while (closed) {
                opened.await();
            }
        } catch (InterruptedException ex) {
            // Whoever cut the wait short has closed what the thread serves.
        } finally {
            lock.unlock();
            waits.leave();
        }
    }

    public boolean isClosed() {
        return closed;
    }

    public void close() {
        closed = true;
    }

    public void open() {
        lock.lock();
        try {
            closed = false;
            opened.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
