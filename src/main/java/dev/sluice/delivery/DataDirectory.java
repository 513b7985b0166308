package dev.sluice.delivery;

import dev.sluice.delivery.spool.DirectoryLock;
import dev.sluice.delivery.spool.SpoolException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The directory of the spools. One process at a time has it. */
final class DataDirectory implements AutoCloseable {

    /** Where neither locks nor forced writes can be relied on, which a spool does. */
    private static final Set<String> NETWORK = Set.of(
            "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "fuse.sshfs", "ceph", "glusterfs");

    private final DirectoryLock lock;

    private DataDirectory(DirectoryLock lock) {
        this.lock = lock;
    }

    /**
     * Makes it if it is not there, and locks it.
     *
     * @throws SpoolException if it cannot be had
     */
    static DataDirectory open(Path path) {
        try {
            create(path.toAbsolutePath());
            String type = Files.getFileStore(path).type().toLowerCase(Locale.ROOT);
            if (NETWORK.contains(type)) {
                throw problem(
                        path,
                        "is on a network file system (" + type
                                + "), on which a forced write may still be lost. Choose one on a disk of this machine",
                        null);
            }
            return new DataDirectory(DirectoryLock.take(path));
        } catch (DirectoryLock.InUseException ex) {
            throw problem(path, ex.getMessage() + ". End that, or choose another directory", ex);
        } catch (AccessDeniedException ex) {
            throw problem(path, "may not be written to. Grant that, or choose another", ex);
        } catch (FileAlreadyExistsException ex) {
            throw problem(path, "is a file. Choose a directory", ex);
        } catch (IOException ex) {
            throw problem(path, "cannot be used: " + ex.getMessage() + ". Make it writable, or choose another", ex);
        }
    }

    /** With its name forced into the directory above, or else power loss could take all that is in it. */
    private static void create(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (Files.isDirectory(directory) || parent == null) {
            return;
        }
        create(parent);
        Files.createDirectories(directory);
        try (FileChannel above = FileChannel.open(parent, StandardOpenOption.READ)) {
            above.force(true);
        }
    }

    private static SpoolException problem(Path path, String problem, @Nullable Throwable cause) {
        return new SpoolException("sluice.data-directory: '" + path + "' " + problem, cause);
    }

    /** What whoever writes in it has to hold. */
    DirectoryLock lock() {
        return lock;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException ex) {
            throw problem(lock.directory(), "cannot be let go of", ex);
        }
    }
}
