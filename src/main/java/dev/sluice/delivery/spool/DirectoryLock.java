package dev.sluice.delivery.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one process at a time to write to a directory: a lock on the file {@code .lock} in it, for as long as
 * that name stands for the file that is locked. Safe for use by any thread.
 */
public final class DirectoryLock implements AutoCloseable {

    /** Another process has the directory, or another context in this one. */
    public static final class InUseException extends IOException {

        private static final long serialVersionUID = 1L;

        InUseException(String holder) {
            super("is in use by " + holder);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(DirectoryLock.class);

    /** How often the file may be removed between opening and locking it. */
    private static final int MOST_TRIES = 10;

    /**
     * The lock files that this process has locked. None is opened a second time: closing any descriptor of a file lets
     * go of all locks that the process has on it.
     */
    private static final Set<@Nullable Object> LOCKED = new HashSet<>();

    private final Path directory;
    private final Path path;
    private Held held;
    private boolean closed;

    /**
     * @param key tells whether the path still names this file; null where the system knows no such thing
     */
    private record Held(RandomAccessFile file, @Nullable Object key) {}

    private DirectoryLock(Path directory) throws IOException {
        this.directory = directory;
        this.path = directory.resolve(".lock");
        this.held = lock(path);
    }

    /**
     * Takes a directory.
     *
     * @throws InUseException if somebody has it
     */
    public static DirectoryLock take(Path directory) throws IOException {
        return new DirectoryLock(directory);
    }

    /** The directory that is locked. */
    public Path directory() {
        return directory;
    }

    /**
     * Looks whether the directory is still ours. A lock file that was removed or replaced is made and locked anew,
     * unless another process did so first.
     */
    public synchronized boolean isHeld() {
        if (closed) {
            return false;
        }
        if (Objects.equals(held.key, key(path))) {
            return true;
        }
        try {
            Held again = lock(path);
            release();
            held = again;
            log.warn("{} was removed or replaced. It has been made and locked anew", path);
            return true;
        } catch (IOException ex) {
            log.debug("{} cannot be locked anew", path, ex);
            return false;
        }
    }

    /** The same file must stand behind the name before and after, or else somebody put another there meanwhile. */
    private static Held lock(Path path) throws IOException {
        synchronized (LOCKED) {
            for (int i = 0; i < MOST_TRIES; i++) {
                Object before = key(path);
                if (before != null && LOCKED.contains(before)) {
                    throw new InUseException(
                            "process " + ProcessHandle.current().pid());
                }
                RandomAccessFile opened = new RandomAccessFile(path.toFile(), "rw");
                try {
                    if (opened.getChannel().tryLock() == null) {
                        String holder = opened.readLine();
                        throw new InUseException(holder == null ? "another process" : "process " + holder);
                    }
                    if (Files.exists(path) && Objects.equals(before, key(path))) {
                        opened.setLength(0);
                        opened.writeBytes(ProcessHandle.current().pid() + "\n");
                        LOCKED.add(before);
                        return new Held(opened, before);
                    }
                } catch (IOException | RuntimeException ex) {
                    opened.close();
                    throw ex;
                }
                opened.close();
            }
        }
        throw new IOException("its lock file is removed again and again");
    }

    /** Null for what is not there, and where the system knows no such thing. */
    static @Nullable Object key(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException ex) {
            return null;
        }
    }

    private void release() throws IOException {
        synchronized (LOCKED) {
            held.file.close();
            LOCKED.remove(held.key);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            release();
        }
    }
}
