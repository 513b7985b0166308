package dev.sluice.sink.file;

import dev.sluice.sink.file.RotationProperties.Compression;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses what was put aside, and removes the oldest of it, on a thread of its own that ends when idle: writing
 * never waits for that. What is left of an earlier run, or of a disk that was full, is made up for at the next look.
 *
 * <p>A compressed file is made under another name, forced to the disk and only then gets its own; only after that does
 * the other go. So whatever happens, one of the two is whole, and the whole one counts: what lies beside a file that is
 * not compressed is made anew.
 */
final class Housekeeping {

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    /** Paths to be looked at; more are passed over, and found at their next rotation. */
    private static final int MOST_WAITING = 10_000;

    private static final int BLOCK = 64 * 1024;
    private static final long CLOSE_SECONDS = 10;

    private final @Nullable Integer keep;
    private final Compression compress;
    private final Set<Path> waiting = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor thread;
    private volatile boolean closing;

    Housekeeping(RotationProperties properties) {
        this.keep = properties.keep();
        this.compress = properties.compress();
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform()
                        .daemon()
                        .name("file-housekeeping-", 0)
                        .priority(Thread.MIN_PRIORITY)
                        .factory(),
                new ThreadPoolExecutor.DiscardPolicy());
        this.thread.allowCoreThreadTimeOut(true);
    }

    /** Has what was put aside of this path looked at soon. */
    void look(Path path) {
        if (waiting.size() < MOST_WAITING && waiting.add(path)) {
            thread.execute(() -> {
                waiting.remove(path);
                if (!closing) {
                    tidy(path);
                }
            });
        }
    }

    private void tidy(Path path) {
        try {
            RotatedFiles rotated = new RotatedFiles(path);
            NavigableMap<String, List<Path>> files = rotated.byAge();
            while (keep != null && files.size() > keep) {
                for (Path oldest : files.pollFirstEntry().getValue()) {
                    Files.deleteIfExists(oldest);
                }
            }
            if (compress == Compression.GZIP) {
                for (String time : files.keySet()) {
                    if (Files.exists(rotated.named(time))) {
                        compress(rotated.named(time));
                    }
                }
            }
        } catch (ClosedChannelException ex) {
            // The sink is closed.
        } catch (IOException | RuntimeException ex) {
            log.warn(
                    "File {}: what was put aside of it cannot be compressed or removed: {}. It stays, and is tried"
                            + " again when the file is put aside the next time",
                    path,
                    ex.toString());
        }
    }

    private void compress(Path file) throws IOException {
        // A sink may write to it by a hard link; to open and close it here would drop that sink's lock.
        Object key = HeldFiles.tryClaim(file);
        if (key == null) {
            return;
        }
        Closeable end = () -> {};
        Path part = file.resolveSibling(file.getFileName() + ".gz.part");
        try {
            Files.deleteIfExists(part);
            Files.createFile(part, Rotation.permissions(file));
            try {
                copy(file, part);
                Files.setLastModifiedTime(part, Files.getLastModifiedTime(file));
                Files.move(
                        part,
                        file.resolveSibling(file.getFileName() + ".gz"),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.ATOMIC_MOVE);
                Directories.force(file.getParent());
                end = () -> Files.deleteIfExists(file);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (NoSuchFileException ex) {
            // Somebody has removed it meanwhile.
        } finally {
            HeldFiles.release(key, end);
        }
    }

    private void copy(Path from, Path to) throws IOException {
        try (FileInputStream in = new FileInputStream(from.toFile());
                FileOutputStream file = new FileOutputStream(to.toFile());
                GZIPOutputStream out = new GZIPOutputStream(file, BLOCK)) {
            byte[] block = new byte[BLOCK];
            int length;
            while ((length = in.read(block)) >= 0) {
                out.write(block, 0, length);
                if (closing) {
                    throw new ClosedChannelException();
                }
            }
            out.finish();
            file.getFD().sync();
        }
    }

    /** What is half done is taken back, and done anew by the next run. */
    void close() {
        // Without an interrupt, which would leave a file beside the one that it has just become.
        closing = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("Files that were put aside are still being compressed; they are again after the next start");
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
