package dev.sluice.delivery.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the path of a spool still names the file that is open. Another keeps what is written until the program ends,
 * and no longer: nobody finds it then. Used by the writer's thread.
 */
final class SpoolPath {

    static final String MOVED = "the file has been moved or removed. Put it back, or restart";

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The path names another file, or none. Nothing has been written then. */
    static final class MovedException extends SQLException {

        private static final long serialVersionUID = 1L;

        MovedException() {
            super(MOVED);
        }
    }

    private final Path path;
    /** Null where the system knows no such thing: there, nobody can move a file that is open. */
    private final @Nullable Object key;

    private long lookedAt = System.nanoTime();
    private boolean moved;

    /** Takes the file that is there now for the right one. */
    SpoolPath(Path path) {
        this.path = path;
        this.key = key();
    }

    /** Looks once a second at the most, and always once it has been moved. */
    boolean isMoved() {
        if (moved || System.nanoTime() - lookedAt > LOOK_NANOS) {
            look();
        }
        return moved;
    }

    /** To be called before the file is opened again, since that would make a new one. */
    void look() {
        lookedAt = System.nanoTime();
        moved = !Objects.equals(key, key());
    }

    void check() throws MovedException {
        if (isMoved()) {
            throw new MovedException();
        }
    }

    private @Nullable Object key() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException ex) {
            return null;
        }
    }
}
