package dev.sluice.transport;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The open connections of one listener. */
public final class Connections<C extends Connection> {

    private final Map<String, C> open = new ConcurrentHashMap<>();
    private final AtomicInteger places = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();

    /** Takes a place for one more connection, unless so many are taken. Returns whether it did. */
    public boolean tryAcquire(int limit) {
        return places.getAndUpdate(taken -> taken < limit ? taken + 1 : taken) < limit;
    }

    /** Gives a place back that no connection was made for. */
    public void release() {
        places.decrementAndGet();
    }

    /** Adds a connection that has a place. */
    public void add(C connection) {
        open.put(connection.connection(), connection);
    }

    /** Removes a connection and gives its place back; does nothing the second time. */
    public void remove(C connection) {
        if (open.remove(connection.connection(), connection)) {
            places.decrementAndGet();
            if (open.isEmpty()) {
                lock.lock();
                try {
                    emptied.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    public Optional<C> find(String id) {
        return Optional.ofNullable(open.get(id));
    }

    /** A view; connections come and go while it is walked. */
    public Collection<C> all() {
        return Collections.unmodifiableCollection(open.values());
    }

    /** How many places are taken. */
    public int size() {
        return places.get();
    }

    /** Waits until no connection is open, or the time has passed. */
    public boolean awaitEmpty(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long remaining = timeout.toNanos();
            while (!open.isEmpty() && remaining > 0) {
                remaining = emptied.awaitNanos(remaining);
            }
            return open.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
