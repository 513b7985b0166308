package dev.sluice.sink.file;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The files that are open, one for each path, whatever the number of paths that peers can bring about. The least
 * recently used one is closed for another, and those that were idle too long at the next use of any; never one in use.
 */
final class OpenFiles {

    private static final class Entry {
        final AppendedFile file;
        int users;
        long usedAt;

        Entry(AppendedFile file) {
            this.file = file;
        }
    }

    private final Function<String, AppendedFile> files;
    private final int most;
    private final long idleNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    /** By path, the least recently used one first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param files makes the file of a path
     */
    OpenFiles(Function<String, AppendedFile> files, int most, Duration idle) {
        this.files = files;
        this.most = most;
        this.idleNanos = idle.toNanos();
    }

    /** Waits while as many files as may be are open and in use; to be followed by {@link #release}. */
    AppendedFile use(String path) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            closeIdle();
            while (!entries.containsKey(path) && entries.size() >= most && !closeOne()) {
                released.await();
            }
            Entry entry = entries.computeIfAbsent(path, _ -> new Entry(files.apply(path)));
            entry.users++;
            return entry.file;
        } finally {
            lock.unlock();
        }
    }

    void release(String path) {
        lock.lock();
        try {
            Entry entry = entries.get(path);
            if (entry != null && --entry.users == 0) {
                entry.usedAt = System.nanoTime();
                released.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void closeIdle() {
        long now = System.nanoTime();
        Iterator<Entry> eldestFirst = entries.values().iterator();
        while (eldestFirst.hasNext()) {
            Entry entry = eldestFirst.next();
            if (entry.users > 0 || now - entry.usedAt < idleNanos) {
                return;
            }
            entry.file.close();
            eldestFirst.remove();
        }
    }

    private boolean closeOne() {
        Iterator<Entry> eldestFirst = entries.values().iterator();
        while (eldestFirst.hasNext()) {
            Entry entry = eldestFirst.next();
            if (entry.users == 0) {
                entry.file.close();
                eldestFirst.remove();
                return true;
            }
        }
        return false;
    }

    /** How many are held open now. */
    int count() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            entries.values().forEach(entry -> entry.file.close());
            entries.clear();
        } finally {
            lock.unlock();
        }
    }
}
