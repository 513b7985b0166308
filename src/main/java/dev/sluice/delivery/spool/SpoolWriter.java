package dev.sluice.delivery.spool;

import dev.sluice.memory.Halt;
import java.sql.SQLException;
import java.time.Instant;
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
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Opens the file, at the start and again after an error of the disk. */
    interface Opener {
        SpoolFile open() throws SQLException;
    }

    private final String name;
    private final Opener opener;
    private final SpoolPath path;
    private final SpoolConnections connections;
    private final Room room;
    private final RecentBatches recent;
    private final Fullness fullness;
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
    /** What was tried last, if its outcome is not known. */
    private @Nullable SpoolTransaction undecided;
    /** Whether the disk may not have what can be read from the file. */
    private boolean doubtful;

    private long bytesSinceLook;
    private long probedAt;

    SpoolWriter(
            String name,
            SpoolFile file,
            Opener opener,
            SpoolPath path,
            SpoolConnections connections,
            SpoolContents contents,
            Room room,
            RecentBatches recent) {
        this.name = name;
        this.file = file;
        this.opener = opener;
        this.path = path;
        this.connections = connections;
        this.contents = contents;
        this.doneRows = new DoneRows(contents);
        this.room = room;
        this.recent = recent;
        this.fullness = new Fullness(name, room);
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

    /** Since when a full spool holds what comes; null if it does not. */
    @Nullable
    Instant heldSince() {
        return fullness.since();
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
            if (request instanceof SpoolRequest.Append append) {
                append.done().withdraw();
            }
        }
        refuse(request);
    }

    /** Nobody waits for an append any more: if it is not being written, it is not to be. */
    void withdraw(SpoolRequest.Appending append) {
        append.withdraw();
        refuseQueued(request -> request.done() == append);
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
        String problem = failure;
        refuse(
                request,
                problem == null || closing ? "the spool is closed" : "the spool cannot be written: " + problem,
                true);
    }

    private void refuse(SpoolRequest request, String reason, boolean givesRoom) {
        if (givesRoom && request instanceof SpoolRequest.Append append) {
            room.release(append.content().length);
        }
        request.done()
                .completeExceptionally(
                        isWithdrawn(request) ? new SpoolWithdrawnException() : new SpoolClosedException(reason));
    }

    @Override
    public void run() {
        List<SpoolRequest> round = new ArrayList<>();
        try {
            while (true) {
                SpoolContents before = contents;
                try {
                    gather(round);
                    fullness.look(contents);
                    if (!round.isEmpty()) {
                        write(round);
                    } else if (closing) {
                        return;
                    } else {
                        look();
                    }
                } catch (RuntimeException ex) {
                    giveUp(round, before, ex);
                }
                round.clear();
            }
        } catch (InterruptedException ex) {
            log.debug("Spool '{}': its writer was interrupted", name, ex);
        } catch (Error ex) {
            // Nobody else can write, and whoever waits for it would wait for ever.
            Halt.on(ex, "The writer of spool '" + name + "'");
        } finally {
            closing = true;
            round.stream().filter(request -> !request.done().isDone()).forEach(this::refuse);
            finish();
            ended = true;
            refuseQueued(request -> true);
        }
    }

    /**
     * Nobody knows what is wrong, so what was asked is refused, and its peers hear so; sinks ask once more. The file is opened
     * anew, to see what of it has become durable.
     *
     * @param before what was durable before
     */
    private void giveUp(List<SpoolRequest> round, SpoolContents before, RuntimeException cause) {
        log.error("Spool '{}': {} requests were refused", name, round.size(), cause);
        @SuppressWarnings("ReferenceEquality")
        boolean durable = contents != before;
        for (SpoolRequest request : round) {
            if (!request.done().isDone()) {
                refuse(request, "the spool has failed: " + cause, !durable);
            }
        }
        if (undecided != null) {
            undecided.refuseAppends();
        }
        SpoolFile open = file;
        if (open != null) {
            letGo(open);
        }
    }

    /** Notices files that were moved before the next message comes, and that what was wrong is over. */
    private void look() {
        try {
            if (path.state() != SpoolPath.State.RIGHT) {
                open(new ArrayList<>());
                path.check();
            }
            if (failure != null && System.nanoTime() - probedAt > PROBE_NANOS) {
                probedAt = System.nanoTime();
                SpoolFile open = open(new ArrayList<>());
                open.replaceEnd(contents, contents);
                open.commit();
                recovered();
            }
        } catch (SQLException ex) {
            failed(ex);
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
        while (true) {
            attempt(round, request -> true);
            if (round.isEmpty()) {
                boundLog();
                return;
            }
            if (round.stream().anyMatch(SpoolWriter::takes)) {
                // What needs no room can perhaps be done on a full disk.
                attempt(round, request -> !takes(request));
            }
            refuse(round, SpoolWriter::isWithdrawn);
            if (closing) {
                // Acknowledgements that cannot be noted mean a second delivery, which those who wait for them know.
                refuse(round, request -> true);
            } else if (refusing) {
                // Sinks go on, so their acknowledgements do too.
                refuse(round, SpoolWriter::takes);
                refuseQueued(SpoolWriter::takes);
            }
            if (round.isEmpty()) {
                return;
            }
            Thread.sleep(pause);
            pause = Math.min(pause * 2, MOST_RETRY_MILLIS);
            round.addAll(take(request -> !takes(request)));
        }
    }

    /** Takes out of the round what has been done. */
    private void attempt(List<SpoolRequest> round, Predicate<SpoolRequest> which) {
        try {
            SpoolFile open = open(round);
            List<SpoolRequest> chosen = round.stream().filter(which).toList();
            if (!chosen.isEmpty()) {
                commit(open, chosen);
            }
            if (chosen.size() == round.size()) {
                round.clear();
                recovered();
            } else {
                round.removeAll(chosen);
            }
        } catch (SQLException ex) {
            failed(ex);
        }
    }

    private static boolean takes(SpoolRequest request) {
        return request instanceof SpoolRequest.Append;
    }

    private static boolean isWithdrawn(SpoolRequest request) {
        return request instanceof SpoolRequest.Append append && append.done().isWithdrawn();
    }

    private void refuse(List<SpoolRequest> round, Predicate<SpoolRequest> which) {
        List<SpoolRequest> refused = round.stream().filter(which).toList();
        round.removeAll(refused);
        refused.forEach(this::refuse);
        if (undecided != null && refused.stream().anyMatch(SpoolWriter::takes)) {
            undecided.refuseAppends();
        }
    }

    private void commit(SpoolFile open, List<SpoolRequest> round) throws SQLException {
        if (round.stream().anyMatch(SpoolWriter::takes)) {
            path.check();
        }
        SpoolTransaction transaction = new SpoolTransaction(open, contents);
        undecided = transaction;
        for (SpoolRequest request : round) {
            transaction.apply(request);
        }
        // What is done with gives room on a full disk.
        transaction.commit(doneRows, failure != null);
        settle(transaction);
    }

    /** The transaction took place: nothing of it is ever done again. */
    private void settle(SpoolTransaction transaction) {
        SpoolContents before = contents;
        SpoolContents after = transaction.kept();
        undecided = null;
        transaction.place();
        contents = after;
        bytesSinceLook += transaction.appendedBytes();
        if (transaction.hasDeleted()) {
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
    }

    /** The log is whole, so that nothing is lost if this fails: only room. */
    private void boundLog() {
        SpoolFile open = file;
        if (open == null || bytesSinceLook <= SpoolFile.MOST_LOG_BYTES / 4) {
            return;
        }
        bytesSinceLook = 0;
        try {
            if (open.logBytes() > SpoolFile.MOST_LOG_BYTES) {
                open.checkpoint();
            }
        } catch (SQLException ex) {
            log.warn(
                    "Spool '{}': its log of {} bytes could not be written back into the file: {}. It grows on until it"
                            + " can",
                    name,
                    open.logBytes(),
                    SpoolProblem.describe(ex));
            letGo(open);
        }
    }

    /** Takes out of the round what turns out to have been done. */
    private SpoolFile open(List<SpoolRequest> round) throws SQLException {
        SpoolPath.State state = path.state();
        if (state == SpoolPath.State.TAKEN) {
            throw new SpoolPath.MovedException(SpoolPath.TAKEN);
        }
        if (file != null && state == SpoolPath.State.LOG_GONE) {
            renew(file, round);
        }
        return file == null ? reopen(round) : file;
    }

    private SpoolFile reopen(List<SpoolRequest> round) throws SQLException {
        path.look();
        path.check();
        SpoolFile open = opener.open();
        try {
            decide(open, round);
        } catch (SQLException ex) {
            close(open);
            throw ex;
        }
        path.opened();
        file = open;
        return open;
    }

    /** The log has lost its name: puts what it holds into the file, and opens that anew, with a new log. */
    private void renew(SpoolFile open, List<SpoolRequest> round) throws SQLException {
        open.checkpointAll();
        connections.without(() -> {
            path.clearLog();
            close(open);
            file = null;
            reopen(round);
        });
        log.warn(
                "Spool '{}': its log has been removed or replaced. What it held is in the file, which has been opened"
                        + " anew",
                name);
    }

    /**
     * Finds out by reading what became of a commit that was reported as failed, since it may have taken place all the same.
     * What can be read need not be on the disk after an error, until it has been forced there once more.
     */
    private void decide(SpoolFile open, List<SpoolRequest> round) throws SQLException {
        SpoolTransaction last = undecided;
        boolean done = last != null && last.isDone(open);
        if (!done && !open.holds(contents)) {
            throw new SpoolFile.ChangedException();
        }
        try {
            open.checkpointAll();
            doubtful = false;
        } catch (SQLException ex) {
            if (doubtful) {
                throw ex;
            }
        }
        if (last != null && done) {
            round.removeAll(last.requests());
            settle(last);
        }
        undecided = null;
    }

    private void recovered() {
        if (failure != null && path.state() == SpoolPath.State.RIGHT) {
            failure = null;
            log.info("Spool '{}': can be written again", name);
        }
    }

    /** What is open is in a state that nobody knows then, so it is closed; but not what nobody could open again. */
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
        doubtful |= !SpoolProblem.isFull(cause);
        letGo(open);
    }

    private void letGo(SpoolFile open) {
        if (path.look() == SpoolPath.State.LOG_GONE) {
            rollback(open); // Nobody else could read the log.
        } else {
            close(open);
            file = null;
        }
    }

    /** Leaves the file without what is not needed, and without a log. */
    private void finish() {
        try {
            SpoolFile open = open(new ArrayList<>());
            // What has been refused must not be there.
            open.rollback();
            open.replaceEnd(contents, contents);
            doneRows.deleteAll(open, contents);
            open.commit();
            open.checkpoint();
        } catch (SQLException ex) {
            log.debug("Spool '{}': at its end", name, ex);
        }
        SpoolFile open = file;
        if (open != null) {
            close(open);
        }
    }

    private void rollback(SpoolFile open) {
        try {
            open.rollback();
        } catch (SQLException ex) {
            log.debug("Spool '{}': after an error", name, ex);
        }
    }

    private void close(SpoolFile open) {
        try {
            open.close();
        } catch (SQLException ex) {
            log.debug("Spool '{}': closing its file", name, ex);
        }
    }
}
