package dev.sluice.sink.file;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files that sinks of this process have, whatever their paths: a hard link and a symbolic one lead to the same
 * file.
 *
 * <p>A lock of POSIX belongs to the process, and falls as soon as the process closes the file, whichever of its
 * descriptors that is. So nobody opens a file that another here has: to find out by the lock that it is taken, and to
 * close it then, would let other processes in.
 *
 * <p>Safe for use by many threads.
 */
final class HeldFiles {

    private static final Set<Object> KEYS = new HashSet<>();
    private static final Set<Closeable> NEVER_CLOSED = new HashSet<>();

    private HeldFiles() {}

    /**
     * Takes the file for the caller alone, and makes it if it is not there.
     *
     * @return the key of the file, to be given back by {@link #release} once all that was opened is closed
     * @throws FileSystemException if another has it
     */
    static synchronized Object claim(Path path) throws IOException {
        Object key = key(path);
        if (key == null) {
            new FileOutputStream(path.toFile(), true).close();
            key = Objects.requireNonNullElseGet(key(path), path::toAbsolutePath);
        }
        if (!KEYS.add(key)) {
            throw new FileSystemException(
                    null, null, "another sink writes to it. Give each a path of its own, or use one sink for all");
        }
        return key;
    }

    /** As {@link #claim}, of a file that is there and that nobody has; else null. */
    static synchronized @Nullable Object tryClaim(Path path) throws IOException {
        Object key = key(path);
        return key != null && KEYS.add(key) ? key : null;
    }

    static synchronized void release(Object key) {
        KEYS.remove(key);
    }

    /**
     * As {@link #release(Object)}, together with what may be the end of the file: from then on the system gives its key
     * to the next file that is made, and whoever claims that one must not find the key taken.
     *
     * @param end closes or removes the file
     */
    static synchronized void release(Object key, Closeable end) throws IOException {
        try {
            end.close();
        } finally {
            KEYS.remove(key);
        }
    }

    /**
     * Keeps open, until the process ends, what turned out to be a file that another has: somebody moved it here between
     * the claim and the opening.
     */
    static synchronized void neverClose(Closeable file) {
        NEVER_CLOSED.add(file);
    }

    /** Tells one file from another; null if there is none, or the system knows no such thing. */
    static @Nullable Object key(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException ex) {
            return null;
        }
    }
}
