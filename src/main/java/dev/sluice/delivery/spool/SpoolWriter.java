package dev.sluice.delivery.spool;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to a spool. It takes whatever waits, commits it together, and only then lets go of those who
 * wait: under load batches form by themselves, and a quiet connection waits for its own commit and for no other.
 *
 * <p>While the disk cannot be written it tries again, for as long as it takes; acknowledgements are tried first then, since
 * they give room. Everybody else only enters the queue, which is bounded, and waits.
 */
final class SpoolWriter implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(SpoolWriter.class);

    private static final int MOST_WAITING = 1024;
    private static final int MOST_BYTES_A_COMMIT = 8 << 20;
    /** How long the acknowledgement of a sink that has caught up waits for an append, so as to share its commit. */
    private static final long COMPANY_MILLIS = 5;

    private static final long LOOK_MILLIS = 200;
    private static final long RETRY_MILLIS = 100;
    private static final long MOST_RETRY_MILLIS = 2000;

    /** Opens the file, at the start and again after an error of the disk. */
    interface Opener {
        SpoolFile open() throws SQLException;
    }

    private final String name;
    private final Opener opener;
    private final SpoolPath path;
    private final Room room;
    private final RecentBatches recent;
    private final BlockingQueue<SpoolRequest> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;

    private volatile boolean closing;
    /** After this nobody looks into the queue any more but those who put something there. */
    private volatile boolean ended;

    private volatile boolean refusing;
    private volatile @Nullable String failure;
    private volatile SpoolContents contents;

    // Of the writer's thread alone
    private final DoneRows doneRows;
    private @Nullable SpoolFile file;
    private long bytesSinceLook;

    SpoolWriter(
            String name,
            SpoolFile file,
            Opener opener,
            SpoolPath path,
            SpoolContents contents,
            Room room,
            RecentBatches recent) {
        this.name = name;
        this.file = file;
        this.opener = opener;
        this.path = path;
        this.contents = contents;
        this.doneRows = new DoneRows(contents);
        this.room = room;
        this.recent = recent;
        this.thread = Thread.ofPlatform().name("spool-" + name).unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** Why nothing can be written just now; null if it can. */
    @Nullable
    String failure() {
        return failure;
    }

    /** What is durable. */
    SpoolContents contents() {
        return contents;
    }

    /** While set, nobody waits for a disk that cannot be written. */
    void refuseHeld(boolean refuse) {
        refusing = refuse;
    }

    /** Asks, waiting while the queue is full. Fails what is asked if the spool is closed meanwhile. */
    void ask(SpoolRequest request) {
        try {
            while (!closing) {
                if (queue.offer(request, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    if (ended && queue.remove(request)) {
                        break;
                    }
                    return;
                }
                if (refusing && failure != null && request instanceof SpoolRequest.Append) {
                    break;
                }
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        refuse(request);
    }

    /** Ends the thread once all that was asked has been done, or cannot be. */
    void close() {
        closing = true;
        // Only to wake it up.
        queue.offer(new SpoolRequest.RemoveDeadLetters(List.of(), new CompletableFuture<>()));
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException ex) {
                // It ends by itself, and whoever waits for it must not wait for ever.
                interrupted = true;
            }
        }
        refuseQueued(request -> true);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each of them once, whoever else does so at the same time. */
    private void refuseQueued(Predicate<SpoolRequest> which) {
        take(which).forEach(this::refuse);
    }

    private List<SpoolRequest> take(Predicate<SpoolRequest> which) {
        List<SpoolRequest> taken = new ArrayList<>();
        for (SpoolRequest request : queue) {
            if (which.test(request) && queue.remove(request)) {
                taken.add(request);
            }
        }
        return taken;
    }

    private void refuse(SpoolRequest request) {
        if (request instanceof SpoolRequest.Append append) {
            room.release(append.content().length);
        }
        String problem = failure;
        request.done()
                .completeExceptionally(new SpoolClosedException(
                        problem == null || closing
                                ? "the spool is closed"
                                : "the spool cannot be written: " + problem));
    }

    @Override
    public void run() {
        List<SpoolRequest> round = new ArrayList<>();
        try {
            while (true) {
                gather(round);
                if (!round.isEmpty()) {
                    write(round);
                    round.clear();
                } else if (closing) {
                    return;
                } else {
                    look();
                }
            }
        } catch (InterruptedException ex) {
            log.debug("Spool '{}': its writer was interrupted", name, ex);
        } catch (RuntimeException | Error ex) {
            log.error("Spool '{}': its writer has ended; nothing is accepted until a restart", name, ex);
            failure = "its writer has ended: " + ex;
        } finally {
            closing = true;
            round.stream().filter(request -> !request.done().isDone()).forEach(this::refuse);
            finish();
            ended = true;
            refuseQueued(request -> true);
        }
    }

    /** So that a file that is moved is noticed before the next message, and one that is put back, too. */
    private void look() {
        if (path.isMoved()) {
            failed(new SpoolPath.MovedException());
        } else if (SpoolPath.MOVED.equals(failure)) {
            recovered();
        }
    }

    private void gather(List<SpoolRequest> round) throws InterruptedException {
        SpoolRequest request = closing ? queue.poll() : queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (request instanceof SpoolRequest.Acknowledge acknowledge && mayWait(acknowledge) && !closing) {
            round.add(request);
            request = queue.poll(COMPANY_MILLIS, TimeUnit.MILLISECONDS);
        }
        long bytes = 0;
        while (request != null) {
            round.add(request);
            bytes += request instanceof SpoolRequest.Append append ? append.content().length : 0;
            request = bytes < MOST_BYTES_A_COMMIT && round.size() < MOST_WAITING ? queue.poll() : null;
        }
    }

    /** A sink that has caught up has nothing to do before the next append; one that is behind waits to go on. */
    private boolean mayWait(SpoolRequest.Acknowledge acknowledge) {
        return acknowledge.position() >= contents.end();
    }

    private void write(List<SpoolRequest> round) throws InterruptedException {
        long pause = RETRY_MILLIS;
        while (!round.isEmpty()) {
            try {
                commit(round);
                recovered();
                return;
            } catch (SQLException ex) {
                failed(ex);
            }
            commitGivingOnly(round);
            if (closing) {
                // Acknowledgements that cannot be noted mean a second delivery, which those who wait for them know.
                refuse(round, request -> true);
            } else if (refusing) {
                // Sinks go on, so their acknowledgements do too.
                refuse(round, SpoolWriter::takes);
                refuseQueued(SpoolWriter::takes);
            }
            if (!round.isEmpty()) {
                Thread.sleep(pause);
                pause = Math.min(pause * 2, MOST_RETRY_MILLIS);
                round.addAll(take(request -> !takes(request)));
            }
        }
    }

    private static boolean takes(SpoolRequest request) {
        return request instanceof SpoolRequest.Append;
    }

    private void refuse(List<SpoolRequest> round, Predicate<SpoolRequest> which) {
        List<SpoolRequest> refused = round.stream().filter(which).toList();
        round.removeAll(refused);
        refused.forEach(this::refuse);
    }

    /** What needs no room can perhaps be done on a full disk. Takes it out of the round then. */
    private void commitGivingOnly(List<SpoolRequest> round) {
        List<SpoolRequest> giving =
                round.stream().filter(request -> !takes(request)).toList();
        if (giving.isEmpty() || giving.size() == round.size()) {
            return;
        }
        try {
            commit(giving);
            round.removeAll(giving);
        } catch (SQLException ex) {
            failed(ex);
        }
    }

    private void commit(List<SpoolRequest> round) throws SQLException {
        SpoolFile open = open();
        if (round.stream().anyMatch(SpoolWriter::takes)) {
            path.check();
        }
        SpoolContents before = contents;
        SpoolTransaction transaction = new SpoolTransaction(open, before);
        for (SpoolRequest request : round) {
            transaction.apply(request);
        }
        SpoolContents after = transaction.contents();
        // What is done with gives room on a full disk.
        boolean deleted = doneRows.delete(open, after, failure != null);
        open.commit();
        transaction.place();
        contents = after;
        bytesSinceLook += transaction.appendedBytes();
        if (deleted) {
            doneRows.deleted(after);
        }
        if (!transaction.appended().isEmpty()) {
            recent.add(transaction.appended());
        }
        recent.forgetBefore(after.first());
        long given = before.bytes() + transaction.appendedBytes() - after.bytes();
        if (given != 0) {
            room.release(given);
        }
        transaction.complete();
        boundLog(open);
    }

    private void boundLog(SpoolFile open) throws SQLException {
        if (bytesSinceLook > SpoolFile.MOST_LOG_BYTES / 4) {
            bytesSinceLook = 0;
            if (open.logBytes() > SpoolFile.MOST_LOG_BYTES) {
                open.checkpoint();
            }
        }
    }

    private SpoolFile open() throws SQLException {
        SpoolFile open = file;
        if (open == null) {
            path.look();
            path.check();
            open = opener.open();
            SpoolContents before = contents;
            try {
                // A commit that was reported as failed may have left everything in the log.
                contents = open.restore(before);
            } catch (SQLException ex) {
                close(open);
                throw ex;
            }
            room.release(before.bytes() - contents.bytes());
            file = open;
        }
        return open;
    }

    private void recovered() {
        if (failure != null && !path.isMoved()) {
            failure = null;
            log.info("Spool '{}': can be written again", name);
        }
    }

    private void failed(SQLException cause) {
        String problem = SpoolProblem.describe(cause);
        if (!problem.equals(failure)) {
            log.error("Spool '{}': cannot be written: {}. What comes is held until it can", name, problem);
        }
        failure = problem;
        SpoolFile open = file;
        if (open == null || cause instanceof SpoolPath.MovedException) {
            return; // What sinks have taken can still be noted in a file that was moved.
        }
        try {
            open.rollback();
            if (SpoolProblem.isFull(cause)) {
                // Gives back what of the log is not needed any more, perhaps.
                open.checkpoint();
                return;
            }
        } catch (SQLException ex) {
            log.debug("Spool '{}': after an error", name, ex);
            if (SpoolProblem.isFull(cause)) {
                return;
            }
        }
        close(open);
        file = null;
    }

    /** Leaves the file without what is not needed, and without a log. */
    private void finish() {
        SpoolFile open;
        try {
            open = open();
        } catch (SQLException ex) {
            log.debug("Spool '{}': at its end", name, ex);
            return;
        }
        try {
            // What has been refused must not be there.
            open.rollback();
            doneRows.deleteAll(open, contents);
            open.commit();
            open.checkpoint();
        } catch (SQLException ex) {
            log.debug("Spool '{}': at its end", name, ex);
        }
        close(open);
    }

    private void close(SpoolFile open) {
        try {
            open.close();
        } catch (SQLException ex) {
            log.debug("Spool '{}': closing its file", name, ex);
        }
    }
}
