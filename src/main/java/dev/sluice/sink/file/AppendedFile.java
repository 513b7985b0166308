package dev.sluice.sink.file;

import dev.sluice.memory.Halt;
import dev.sluice.message.Envelope;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a path names, opened when there is something to append and closed when that failed. Other programs may move the
 * file away or remove it at any time: what was not confirmed by then is written again, to the file that the path names
 * next.
 *
 * <p>Threads: any number append. Whoever comes while another writes joins the group that gathers; the first of the
 * group to get the turn writes what all of it brought and forces that to the disk once; the others, in their turn, find
 * it done.
 *
 * <p>Written through a stream and not through a channel, because an interrupt of one thread would close a channel under
 * all.
 */
final class AppendedFile {

    /**
     * Write for virtual threads: a forced write would keep one of the few threads that carry these, and with it other
     * connections. At most one thread a file, each of which ends when idle.
     */
    private static final ExecutorService WRITERS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("file-writer-", 0).factory());

    /**
     * A look after each group is a must. One before it only saves writing to a file that is gone, and then once more.
     */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final int MOST_TRIES = 10;

    /** Long enough for a program that moves a file and then makes the next, as logrotate does for {@code create}. */
    private static final long SUCCESSOR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What threads that came meanwhile want appended. */
    private static final class Group {
        /** Guarded by the file's monitor while it gathers. */
        final List<List<? extends Envelope>> batches = new ArrayList<>();
        /** Both guarded by {@link #turn}. */
        boolean done;

        @Nullable
        String problem;
    }

    private final Path path;
    private final LineFormat format;
    private final @Nullable Rotation rotation;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable Group gathering;
    private @Nullable LockedFile file;
    private long lookedAt;

    AppendedFile(Path path, LineFormat format, @Nullable Rotation rotation) {
        this.path = path;
        this.format = format;
        this.rotation = rotation;
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
            for (int i = 0; i < MOST_TRIES; i++) {
                boolean confirmed = current().append(batches, format);
                lookedAt = System.nanoTime();
                if (confirmed) {
                    return null;
                }
                closeIfMoved();
            }
            throw new IOException("another program moves it away faster than it can be written");
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

    private LockedFile current() throws IOException {
        if (System.nanoTime() - lookedAt > LOOK_NANOS) {
            closeIfMoved();
        }
        LockedFile current = file == null ? LockedFile.open(path) : file;
        file = current;
        if (rotation != null && rotation.isDue(current) && rotation.rotate(path)) {
            close();
            rotation.tidy(path);
            current = LockedFile.open(path);
            file = current;
        }
        return current;
    }

    private void closeIfMoved() throws IOException {
        if (file != null && !file.isNamed()) {
            close();
            awaitSuccessor();
        }
    }

    /**
     * Waits a little for whoever moved the file to make the next one. A logrotate that finds ours in the way moves that
     * as well, under a name that it uses again within the hour, and what was confirmed meanwhile would be gone.
     */
    private void awaitSuccessor() {
        long start = System.nanoTime();
        while (!Files.exists(path) && System.nanoTime() - start < SUCCESSOR_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static String reason(Throwable cause) {
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
        LockedFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }
}
