package dev.sluice.sink;

import dev.sluice.memory.Halt;
import dev.sluice.message.Envelope;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One file, opened when there is something to append and closed when that failed.
 *
 * <p>Threads: any number append. Whoever comes while another writes joins the group that gathers; the first of the group to
 * get the turn writes what all of it brought and forces that to the disk once; the others, in their turn, find it done.
 *
 * <p>Written through a stream and not through a channel, because an interrupt of one thread would close a channel under all.
 */
final class AppendedFile {

    /**
     * Write for virtual threads: a forced write would keep one of the few threads that carry these, and with it other
     * connections. At most one thread a file, each of which ends when idle.
     */
    private static final ExecutorService WRITERS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("file-writer-", 0).factory());

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What threads that came meanwhile want appended. */
    private static final class Group {
        /** Guarded by the file's monitor while it gathers. */
        final List<List<? extends Envelope>> batches = new ArrayList<>();
        /** Both guarded by {@link #turn}. */
        boolean done;

        @Nullable
        String problem;
    }

    /** @param key tells whether the path still names this file; null where the system knows no such thing */
    private record Handle(
            FileOutputStream stream,
            LineBuffer buffer,
            @Nullable Object key) {}

    private final String path;
    private final LineFormat format;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable Group gathering;
    private @Nullable Handle handle;
    private long lookedAt;

    AppendedFile(String path, LineFormat format) {
        this.path = path;
        this.format = format;
    }

    String path() {
        return path;
    }

    /** Returns when all messages are on the disk, and answers null; or why none of them is in the file. */
    @Nullable
    String append(List<? extends Envelope> messages) {
        Group group = join(messages);
        turn.lock();
        try {
            if (!group.done) {
                synchronized (this) {
                    gathering = null;
                }
                group.problem = Thread.currentThread().isVirtual()
                        ? CompletableFuture.supplyAsync(() -> commit(group.batches), WRITERS)
                                .join()
                        : commit(group.batches);
                group.done = true;
            }
            return group.problem;
        } finally {
            turn.unlock();
        }
    }

    private synchronized Group join(List<? extends Envelope> messages) {
        Group group = gathering;
        if (group == null) {
            group = new Group();
            gathering = group;
        }
        group.batches.add(messages);
        return group;
    }

    private @Nullable String commit(List<List<? extends Envelope>> batches) {
        // The length is asked for and set through a channel, which an interrupted thread closes.
        boolean interrupted = Thread.interrupted();
        try {
            write(batches, current());
            return null;
        } catch (IOException | RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            close();
            return "file " + path + ": " + reason(ex);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void write(List<List<? extends Envelope>> batches, Handle file) throws IOException {
        FileChannel channel = file.stream.getChannel();
        long before = channel.size();
        try {
            for (List<? extends Envelope> batch : batches) {
                format.write(batch, file.buffer);
            }
            file.buffer.flush();
            file.stream.getFD().sync();
        } catch (IOException | RuntimeException | Error ex) {
            try {
                channel.truncate(before);
            } catch (IOException again) {
                ex.addSuppressed(again);
            }
            throw ex;
        }
    }

    private Handle current() throws IOException {
        long now = System.nanoTime();
        if (handle != null && now - lookedAt > LOOK_NANOS) {
            lookedAt = now;
            if (!Objects.equals(handle.key, key(Path.of(path)))) {
                close();
            }
        }
        if (handle == null) {
            handle = open(Path.of(path));
            lookedAt = now;
        }
        return handle;
    }

    private static Handle open(Path path) throws IOException {
        boolean created = !Files.exists(path);
        if (created) {
            createDirectories(path.toAbsolutePath().getParent());
        } else if (!Files.isRegularFile(path)) {
            throw new IOException("not a regular file");
        }
        boolean torn = !created && endsWithinLine(path);
        FileOutputStream stream = new FileOutputStream(path.toFile(), true);
        try {
            lock(stream.getChannel());
            if (torn) {
                stream.write('\n');
            }
            if (created) {
                force(path.toAbsolutePath().getParent());
            }
            return new Handle(stream, new LineBuffer(stream), key(path));
        } catch (IOException | RuntimeException ex) {
            stream.close();
            throw ex;
        }
    }

    /** For us alone: taking back what we wrote in vain would take with it what others appended meanwhile. */
    private static void lock(FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() == null) {
                throw new FileSystemException(null, null, "another program writes to it");
            }
        } catch (OverlappingFileLockException ex) {
            throw new FileSystemException(
                    null, null, "another sink writes to it. Give each a path of its own, or use one sink for all");
        }
    }

    /** Each with its name forced into the one above, as is that of a new file: else power loss could take away what is in it. */
    private static void createDirectories(@Nullable Path directory) throws IOException {
        if (directory == null || Files.isDirectory(directory)) {
            return;
        }
        createDirectories(directory.getParent());
        Files.createDirectories(directory);
        force(directory.getParent());
    }

    private static void force(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** As after a crash: what follows must begin a line of its own. */
    private static boolean endsWithinLine(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            long length = file.length();
            if (length == 0) {
                return false;
            }
            file.seek(length - 1);
            return file.read() != '\n';
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException ex) {
            return null;
        }
    }

    private String reason(Throwable cause) {
        String reason = switch (cause) {
            case AccessDeniedException _ -> "Permission denied";
            case FileAlreadyExistsException ex -> ex.getFile() + " is a file where a directory should be";
            case FileSystemException ex when ex.getReason() != null -> ex.getReason();
            default -> cause.getMessage();
        };
        return reason == null ? cause.getClass().getSimpleName() : reason.replaceAll("\\R", " ");
    }

    /** Not while it is appended to by another thread. */
    void close() {
        Handle open = handle;
        handle = null;
        if (open != null) {
            try {
                open.stream.close();
            } catch (IOException _) {
                // All that was confirmed has been forced.
            }
        }
    }
}
