package dev.sluice.sink.file;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the file of one path aside when it is large or old enough. Used by whoever has the turn to write to it, so that
 * nobody writes meanwhile. It is looked at when there is something to write: a file to which nothing comes stays as it
 * is.
 */
final class Rotation {

    private static final Logger log = LoggerFactory.getLogger(Rotation.class);

    private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final long size;
    private final long ageMillis;
    private final Housekeeping housekeeping;
    private boolean failed;
    private long failedAt;

    Rotation(RotationProperties properties, Housekeeping housekeeping) {
        this.size =
                properties.size() == null ? Long.MAX_VALUE : properties.size().toBytes();
        this.ageMillis =
                properties.age() == null ? Long.MAX_VALUE : properties.age().toMillis();
        this.housekeeping = housekeeping;
    }

    /** Whether there is something in the file, and enough of it or old enough. */
    boolean isDue(LockedFile file) {
        return file.size() > 0
                && (file.size() >= size || System.currentTimeMillis() - file.begunAt() >= ageMillis)
                && !(failed && System.nanoTime() - failedAt < RETRY_NANOS);
    }

    /**
     * Gives the file another name, and makes a new one that as many may read. If that cannot be done, the old one goes
     * on to be used, since messages come first.
     *
     * @return whether the path names another file now
     */
    boolean rotate(Path path) throws IOException {
        FileAttribute<?>[] permissions;
        try {
            permissions = permissions(path);
            Files.move(path, new RotatedFiles(path).next(Instant.now()));
            failed = false;
        } catch (NoSuchFileException ex) {
            return true; // Another program was faster.
        } catch (IOException ex) {
            failed = true;
            failedAt = System.nanoTime();
            log.warn(
                    "File {}: cannot be put aside, and grows on: {}. Let its directory be written to; it is tried"
                            + " again in a minute",
                    path,
                    ex.toString());
            return false;
        }
        try {
            Files.createFile(path, permissions);
        } catch (FileAlreadyExistsException ex) {
            // Another program made one.
        }
        Directories.force(path.toAbsolutePath().getParent());
        return true;
    }

    /**
     * Has what was put aside compressed and reduced to what is kept; once the file is closed, or else it would be
     * passed over.
     */
    void tidy(Path path) {
        housekeeping.look(path);
    }

    static FileAttribute<?>[] permissions(Path path) throws IOException {
        try {
            return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(path))};
        } catch (UnsupportedOperationException ex) {
            return new FileAttribute<?>[0];
        }
    }
}
