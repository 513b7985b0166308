package dev.sluice.delivery.spool.recovery;

import dev.sluice.delivery.spool.DirectoryLock;
import dev.sluice.delivery.spool.Inheritance;
import dev.sluice.delivery.spool.SetAside;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolContents;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.delivery.spool.SpoolFile;
import dev.sluice.delivery.spool.SpoolFiles;
import dev.sluice.delivery.spool.SpoolProblem;
import dev.sluice.delivery.spool.SpoolSchema;
import dev.sluice.delivery.spool.Sqlite;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * Makes sure, before a spool is used, that what is in it is what was written. What is not is set aside as it was found,
 * in a file beside, for a person to look at; the rest is served.
 */
public final class SpoolRecovery {

    private static final Logger log = LoggerFactory.getLogger(SpoolRecovery.class);

    private static final String SCRATCH = ".scratch-";

    private final String listener;
    private final Path file;
    private final Collection<String> sinks;

    private SpoolRecovery(String listener, Path file, Collection<String> sinks) {
        this.listener = listener;
        this.file = file;
        this.sinks = sinks;
    }

    /**
     * Opens the spool of a listener whose messages all go to all its sinks, making it if it is not there.
     *
     * @param lock of the directory where it lies
     * @param sinks that it feeds; one that it did not feed before gets what is appended from now on
     * @param capacity in bytes
     * @throws SpoolException if it cannot be opened
     */
    public static Spool open(DirectoryLock lock, String listener, Collection<String> sinks, long capacity) {
        return open(lock, listener, sinks, sinks, capacity);
    }

    /**
     * Opens the spool of a listener, making it if it is not there.
     *
     * @param lock of the directory where it lies
     * @param sinks that it feeds; one that it did not feed before gets what is appended from now on
     * @param own those of them that get messages whose rule names none
     * @param capacity in bytes
     * @throws SpoolException if it cannot be opened
     */
    public static Spool open(
            DirectoryLock lock, String listener, Collection<String> sinks, Collection<String> own, long capacity) {
        Path file = SpoolFiles.of(lock.directory(), listener);
        Sqlite.load();
        try {
            Spool.Found found = new SpoolRecovery(listener, file, sinks).recover();
            return Spool.open(lock, listener, sinks, own, found, capacity);
        } catch (SQLException ex) {
            throw new SpoolException(file + ": " + SpoolProblem.describe(ex), ex);
        } catch (IOException ex) {
            throw new SpoolException(
                    file + ": " + ex.getMessage() + ". Look whether the directory is writable and has room", ex);
        }
    }

    /** Reads the file from end to end, and mends it if need be. Returns what is in it. */
    private Spool.Found recover() throws IOException, SQLException {
        removeScratch();
        Path wal = beside("-wal");
        boolean lost = !Files.exists(file) && Files.exists(wal) && Files.size(wal) > 0;
        if (!Files.exists(file) && !lost) {
            create();
            return new Spool.Found(SpoolContents.EMPTY, new Inheritance(sinks));
        }
        Optional<WriteAheadLog.Damage> damage = WriteAheadLog.inspect(wal, beside("-shm"));
        if (damage.isPresent()) {
            Path aside = SetAside.name(file, "-wal");
            copy(wal, damage.get().from(), aside);
            log.error(
                    "Spool '{}': of the log {} the last {} of {} bytes cannot be used, since they have changed or are"
                            + " cut off. Set aside as {}; what was accepted before them is served",
                    listener,
                    wal,
                    damage.get().size() - damage.get().from(),
                    damage.get().size(),
                    aside.getFileName());
        }
        if (lost || Files.size(file) == 0) {
            return mend("the file is " + (lost ? "gone, though its log is there" : "empty"));
        }
        try {
            return check();
        } catch (SpoolCheck.DamageException ex) {
            return mend(String.valueOf(ex.getMessage()));
        } catch (SQLException ex) {
            if (!SpoolProblem.isDamage(ex, file)) {
                throw ex;
            }
            if (isWholeInACopy()) {
                throw new SpoolException(
                        file + ": could not be read (" + ex.getMessage() + "), though a copy of it is whole: the disk"
                                + " failed for a moment. Look into the system's log, and start again",
                        ex);
            }
            return mend(String.valueOf(ex.getMessage()));
        }
    }

    /** Reads it, whichever version wrote it. */
    private Spool.Found check() throws IOException, SQLException, SpoolCheck.DamageException {
        int version = version(file);
        if (version == SpoolSchema.FIRST_VERSION) {
            upgrade();
        }
        try {
            return SpoolCheck.contents(file, listener, sinks);
        } catch (SpoolCheck.DamageException | SQLException ex) {
            if (version > SpoolSchema.VERSION) {
                throw new SpoolException(
                        file + ": was written by a newer Sluice (version " + version
                                + " of the file; this one reads up to " + SpoolSchema.VERSION
                                + "). Start that one, or choose another sluice.data-directory",
                        ex);
            }
            throw ex;
        }
    }

    private void upgrade() throws IOException, SQLException, SpoolCheck.DamageException {
        try (Scratch scratch = scratch()) {
            Path made = scratch.file("made");
            FirstVersion.carryOver(file, listener, made);
            // The last to close it has put its log into it.
            if (Files.exists(beside("-wal"))) {
                throw new SpoolException(file + ": is in use by another program. End that, and start again");
            }
            Files.move(made, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            log.info("Spool '{}': {} is of version {} now", listener, file, SpoolSchema.PLAIN);
        }
    }

    /**
     * Under its name it has all its tables from the first moment, so that what is killed meanwhile leaves no half of a
     * file.
     */
    private void create() throws IOException, SQLException {
        try (Scratch scratch = scratch()) {
            Path made = scratch.file("made");
            SpoolFile.open(made).close();
            Files.deleteIfExists(beside("-wal"));
            Files.deleteIfExists(beside("-shm"));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /**
     * Whether nothing is wrong with what is in the file. To SQLite a read that fails with EIO is damage, too; that of a
     * copy does not fail, and a file that cannot be copied is not mended.
     */
    private boolean isWholeInACopy() throws IOException {
        try (Scratch scratch = scratch()) {
            Path copy = scratch.file("copy");
            copyWithLog(file, copy);
            Path made = scratch.file("made");
            boolean first = version(copy) == SpoolSchema.FIRST_VERSION;
            if (first) {
                FirstVersion.carryOver(copy, listener, made);
            }
            SpoolCheck.contents(first ? made : copy, listener, sinks);
            return true;
        } catch (SpoolCheck.DamageException | SQLException ex) {
            return false;
        }
    }

    private Spool.Found mend(String problem) throws IOException, SQLException {
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        Path aside = SetAside.name(file, "");
        copyWithLog(file, aside);
        try (Scratch scratch = scratch()) {
            Path mended = scratch.file("mended");
            long messages = new Salvage(listener, aside, scratch.folder()).into(mended, sinks);
            // The log first: it must not be taken for that of the new file.
            Files.deleteIfExists(beside("-wal"));
            Files.deleteIfExists(beside("-shm"));
            Files.move(mended, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            log.error(
                    "Spool '{}': {} is damaged: {}. Set aside as {}; {} messages in it are whole and served. What is"
                            + " missing can be looked for there",
                    listener,
                    file,
                    problem,
                    aside.getFileName(),
                    messages);
            return SpoolCheck.contents(file, listener, sinks);
        } catch (SpoolCheck.DamageException ex) {
            throw new SpoolException(
                    file + ": is damaged (" + problem + ") and could not be mended: " + ex.getMessage()
                            + ". Move it away; a copy is " + aside.getFileName(),
                    ex);
        }
    }

    private static int version(Path spool) throws SQLException {
        try (Connection connection = Sqlite.connect(spool, false)) {
            return SpoolSchema.version(connection);
        }
    }

    /** Copies a spool, and its log if there is one. */
    static void copyWithLog(Path spool, Path to) throws IOException {
        Files.copy(spool, to);
        Path log = Path.of(spool + "-wal");
        if (Files.exists(log)) {
            Files.copy(log, Path.of(to + "-wal"));
        }
    }

    /** Returns a new folder for files that are not a spool yet. It lies beside the spool, so that they can be moved. */
    private Scratch scratch() throws IOException {
        return new Scratch(Files.createTempDirectory(file.toAbsolutePath().getParent(), file.getFileName() + SCRATCH));
    }

    /** A folder that is removed at the end, with whatever is left in it. */
    private record Scratch(Path folder) implements AutoCloseable {

        Path file(String name) {
            return folder.resolve(name);
        }

        @Override
        public void close() throws IOException {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    /** A process that was killed leaves its folder behind, and perhaps a copy of the whole spool in it. */
    private void removeScratch() throws IOException {
        try (DirectoryStream<Path> left =
                Files.newDirectoryStream(file.toAbsolutePath().getParent(), file.getFileName() + SCRATCH + "*")) {
            for (Path folder : left) {
                FileSystemUtils.deleteRecursively(folder);
            }
        }
    }

    private Path beside(String suffix) {
        return Path.of(file + suffix);
    }

    private static void copy(Path from, long start, Path to) throws IOException {
        if (!Files.exists(from)) {
            Files.createFile(to);
            return;
        }
        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel target = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long at = start;
            while (at < source.size()) {
                at += source.transferTo(at, source.size() - at, target);
            }
            target.force(true);
        }
    }
}
