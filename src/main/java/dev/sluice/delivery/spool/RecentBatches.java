package dev.sluice.delivery.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What was appended last, kept in memory so that a sink that keeps up is not fed from the disk. The writer adds to it,
 * once a commit; readers look, and wait for more.
 */
final class RecentBatches {

    /** Of content; beyond this the oldest is forgotten here. */
    private static final long MOST_BYTES = 8 << 20;

    private final ConcurrentSkipListMap<Long, StoredBatch> batches = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private volatile long end;
    private long bytes;

    RecentBatches(long end) {
        this.end = end;
    }

    /** The position behind the last message that is durable. */
    long end() {
        return end;
    }

    /** Adds what has become durable. Called by one thread. */
    void add(List<StoredBatch> appended) {
        for (StoredBatch batch : appended) {
            batches.put(batch.position(), batch);
            bytes += batch.content().length;
        }
        while (bytes > MOST_BYTES) {
            forget(batches.pollFirstEntry());
        }
        lock.lock();
        try {
            end = appended.getLast().end();
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what all are done with. Called by the thread that adds. */
    void forgetBefore(long position) {
        Map.Entry<Long, StoredBatch> first = batches.firstEntry();
        while (first != null && first.getValue().end() <= position) {
            forget(batches.pollFirstEntry());
            first = batches.firstEntry();
        }
    }

    private void forget(Map.@Nullable Entry<Long, StoredBatch> entry) {
        if (entry != null) {
            bytes -= entry.getValue().content().length;
        }
    }

    /** Waits until something is behind the position, or the time has passed. Returns whether there is. */
    boolean awaitBeyond(long position, long timeoutMillis) throws InterruptedException {
        if (end > position) {
            return true;
        }
        long nanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        lock.lockInterruptibly();
        try {
            while (end <= position && nanos > 0) {
                nanos = grown.awaitNanos(nanos);
            }
            return end > position;
        } finally {
            lock.unlock();
        }
    }

    /** From the batch that holds the position, about so many bytes; empty if it is not here any more. */
    List<StoredBatch> from(long position, long most) {
        Map.Entry<Long, StoredBatch> first = batches.floorEntry(position);
        if (first == null || first.getValue().end() <= position) {
            return List.of();
        }
        List<StoredBatch> found = new ArrayList<>();
        long size = 0;
        long next = first.getKey();
        for (StoredBatch batch : batches.tailMap(first.getKey()).values()) {
            if (batch.position() != next || size > 0 && size + batch.content().length > most) {
                break;
            }
            found.add(batch);
            size += batch.content().length;
            next = batch.end();
        }
        return found;
    }
}
