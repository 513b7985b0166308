package dev.sluice.delivery.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * Makes sure, before a spool is used, that what is in it is what was written. What is not is set aside as it was found, in a
 * file beside, for a person to look at; the rest is served.
 */
final class SpoolRecovery {

    private static final Logger log = LoggerFactory.getLogger(SpoolRecovery.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String DAMAGED = ".damaged-";

    private final String listener;
    private final Path file;
    private final Collection<String> sinks;

    SpoolRecovery(String listener, Path file, Collection<String> sinks) {
        this.listener = listener;
        this.file = file;
        this.sinks = sinks;
    }

    /** Files that were set aside, now or earlier, and that nobody has removed. */
    static List<Path> damaged(Path file) {
        try (Stream<Path> siblings = Files.list(file.toAbsolutePath().getParent())) {
            return siblings.filter(path -> path.getFileName().toString().startsWith(file.getFileName() + DAMAGED))
                    .sorted()
                    .toList();
        } catch (IOException ex) {
            log.debug("The directory of {} cannot be listed", file, ex);
            return List.of();
        }
    }

    /** Reads the file from end to end, and mends it if need be. Answers what is in it. */
    SpoolCheck.Found recover() throws IOException, SQLException {
        Path wal = beside("-wal");
        boolean lost = !Files.exists(file) && Files.exists(wal) && Files.size(wal) > 0;
        if (!Files.exists(file) && !lost) {
            create();
            return new SpoolCheck.Found(SpoolContents.EMPTY, new Inheritance(sinks));
        }
        Optional<WriteAheadLog.Damage> damage = WriteAheadLog.inspect(wal, beside("-shm"));
        if (damage.isPresent()) {
            Path aside = asideName("-wal");
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
            return mend(String.valueOf(ex.getMessage()));
        }
    }

    /** Reads it, whichever version wrote it. */
    private SpoolCheck.Found check() throws IOException, SQLException, SpoolCheck.DamageException {
        int version;
        try (Connection connection = Sqlite.connect(file, false)) {
            version = SpoolSchema.version(connection);
        }
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
        Path scratch = Files.createTempDirectory(file.toAbsolutePath().getParent(), "upgrading-");
        try {
            Path made = scratch.resolve("made");
            FirstVersion.carryOver(file, listener, made);
            // The last to close it has put its log into it.
            if (Files.exists(beside("-wal"))) {
                throw new SpoolException(file + ": is in use by another program. End that, and start again");
            }
            Files.move(made, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            log.info("Spool '{}': {} is of version {} now", listener, file, SpoolSchema.VERSION);
        } finally {
            FileSystemUtils.deleteRecursively(scratch);
        }
    }

    /** Under its name it has all its tables from the first moment, so that what is killed meanwhile leaves no half of a file. */
    private void create() throws IOException, SQLException {
        Path scratch = Files.createTempDirectory(file.toAbsolutePath().getParent(), "making-");
        try {
            Path made = scratch.resolve("made");
            SpoolFile.open(made).close();
            Files.deleteIfExists(beside("-wal"));
            Files.deleteIfExists(beside("-shm"));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            FileSystemUtils.deleteRecursively(scratch);
        }
    }

    private SpoolCheck.Found mend(String problem) throws IOException, SQLException {
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        Path aside = asideName("");
        Files.copy(file, aside);
        if (Files.exists(beside("-wal"))) {
            Files.copy(beside("-wal"), Path.of(aside + "-wal"));
        }
        Path scratch = Files.createTempDirectory(file.toAbsolutePath().getParent(), "mending-");
        try {
            Path mended = scratch.resolve("mended");
            long messages = new Salvage(listener, aside, scratch).into(mended, sinks);
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
        } finally {
            FileSystemUtils.deleteRecursively(scratch);
        }
    }

    private Path beside(String suffix) {
        return Path.of(file + suffix);
    }

    private Path asideName(String suffix) {
        return asideName(file, suffix);
    }

    /** A name that is not taken, for what is set aside of a spool. */
    static Path asideName(Path file, String suffix) {
        String stamp = STAMP.format(Clock.systemUTC().instant());
        Path name = Path.of(file + DAMAGED + stamp + suffix);
        for (int i = 2; Files.exists(name); i++) {
            name = Path.of(file + DAMAGED + stamp + "-" + i + suffix);
        }
        return name;
    }

    private static void copy(Path from, long start, Path to) throws IOException {
        if (!Files.exists(from)) {
            Files.createFile(to);
            return;
        }
        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel target = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            source.position(start);
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            while (source.read(buffer) >= 0) {
                target.write(buffer.flip());
                buffer.compact();
            }
            target.force(true);
        }
    }
}
