package dev.sluice.delivery;

import dev.sluice.delivery.spool.DirectoryLock;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.sink.file.Directories;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The directory of the spools. One process at a time has it. */
final class DataDirectory {

    /** Where neither locks nor forced writes can be relied on, which a spool does. */
    private static final Set<String> NETWORK = Set.of(
            "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "fuse.sshfs", "ceph", "glusterfs");

    private DataDirectory() {}

    /**
     * Makes it if it is not there, and locks it. Whoever writes in it has to hold the lock.
     *
     * @throws SpoolException if it cannot be had
     */
    static DirectoryLock lock(Path path) {
        try {
            Directories.create(path.toAbsolutePath());
            String type = Files.getFileStore(path).type().toLowerCase(Locale.ROOT);
            if (NETWORK.contains(type)) {
                throw problem(
                        path,
                        "is on a network file system (" + type
                                + "), on which a forced write may still be lost. Choose one on a disk of this machine",
                        null);
            }
            return DirectoryLock.take(path);
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

    private static SpoolException problem(Path path, String problem, @Nullable Throwable cause) {
        return new SpoolException("sluice.data-directory: '" + path + "' " + problem, cause);
    }

    /**
     * Lets it go.
     *
     * @throws SpoolException if that cannot be done
     */
    static void unlock(DirectoryLock lock) {
        try {
            lock.close();
        } catch (IOException ex) {
            throw problem(lock.directory(), "cannot be let go of", ex);
        }
    }
}
