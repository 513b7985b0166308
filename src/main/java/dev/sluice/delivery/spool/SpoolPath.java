package dev.sluice.delivery.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether the paths of a spool and its log still name the files that are open, and the directory is still ours.
 * Another file keeps what is written until the program ends, and no longer: nobody finds it then. Used by the writer's
 * thread.
 */
final class SpoolPath {

    private static final Logger log = LoggerFactory.getLogger(SpoolPath.class);

    static final String MOVED = "the file has been moved or removed. Put it back, or restart";
    static final String TAKEN = "another process has taken the directory, whose lock file was removed. End one of them";

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** What stands behind the paths. */
    enum State {
        RIGHT,
        /** The log, or its index, has been removed or replaced. The file is there. */
        LOG_GONE,
        /** The file has been moved, removed or replaced. Sinks' progress can still be noted in it. */
        MOVED,
        /** Another process has locked the directory. Nothing may be written. */
        TAKEN
    }

    /** The paths name other files, or none. Nothing has been written then. */
    static final class MovedException extends SQLException {

        private static final long serialVersionUID = 1L;

        MovedException(String problem) {
            super(problem);
        }
    }

    private final Path path;
    private final DirectoryLock lock;
    /** Null, as the two below, where the system knows no such thing: there, nobody can move a file that is open. */
    private final @Nullable Object key;

    private @Nullable Object logKey;
    private @Nullable Object indexKey;
    private long lookedAt = System.nanoTime();
    private State state = State.RIGHT;

    /** Takes the files that are there now for the right ones. */
    SpoolPath(Path path, DirectoryLock lock) {
        this.path = path;
        this.lock = lock;
        this.key = DirectoryLock.key(path);
        opened();
    }

    /** Where the spool lies. */
    Path file() {
        return path;
    }

    /** The log that is there now is the right one, since SQLite has just made or opened it. */
    void opened() {
        logKey = DirectoryLock.key(beside("-wal"));
        indexKey = DirectoryLock.key(beside("-shm"));
        look();
    }

    /** Looks a few times a second at the most, and always once it was not right. */
    State state() {
        return state != State.RIGHT || System.nanoTime() - lookedAt > LOOK_NANOS ? look() : State.RIGHT;
    }

    /**
     * @throws MovedException if nothing may be appended
     */
    void check() throws MovedException {
        switch (state()) {
            case MOVED -> throw new MovedException(MOVED);
            case TAKEN -> throw new MovedException(TAKEN);
            case RIGHT, LOG_GONE -> {}
        }
    }

    /** Looks now. To be called before the file is opened again, since that would make a new one. */
    State look() {
        lookedAt = System.nanoTime();
        if (!lock.isHeld()) {
            state = State.TAKEN;
        } else if (!isAt(key, "")) {
            state = State.MOVED;
        } else {
            state = isAt(logKey, "-wal") && isAt(indexKey, "-shm") ? State.RIGHT : State.LOG_GONE;
        }
        return state;
    }

    /**
     * Moves out of the way what was put in the place of the log, or else SQLite would take it for the file's. What is
     * in it is kept in a file beside.
     */
    void clearLog() throws MovedException {
        Path wal = beside("-wal");
        try {
            if (Files.exists(wal) && !isAt(logKey, "-wal")) {
                Path aside = Files.move(wal, SetAside.name(path, "-wal"));
                log.warn("{} is not the log that is written to. Set aside as {}", wal, aside.getFileName());
            }
            if (!isAt(indexKey, "-shm")) {
                Files.deleteIfExists(beside("-shm"));
            }
        } catch (IOException ex) {
            throw new MovedException("what lies in the place of its log cannot be moved away: " + ex.getMessage());
        }
    }

    private boolean isAt(@Nullable Object known, String suffix) {
        return Objects.equals(known, DirectoryLock.key(beside(suffix))) && Files.exists(beside(suffix));
    }

    private Path beside(String suffix) {
        return Path.of(path + suffix);
    }
}
