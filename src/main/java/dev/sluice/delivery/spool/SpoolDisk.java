package dev.sluice.delivery.spool;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk's side of a spool: commits what its writer has gathered, and comes through errors of the disk and through files that
 * are moved or removed. After an error the file is opened anew, and read to find out what became of the last commit, before
 * anything is tried again.
 *
 * <p>Used by the writer's thread; any thread may ask for {@link #contents()} and {@link #failure()}.
 */
final class SpoolDisk {

    private static final Logger log = LoggerFactory.getLogger(SpoolDisk.class);

    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Opens the file again after an error. */
    interface Opener {
        SpoolFile open() throws SQLException;
    }

    private final String name;
    private final Opener opener;
    private final SpoolPath path;
    private final SpoolConnections connections;
    private final Room room;
    private final RecentBatches recent;
    private final DoneRows doneRows;

    private volatile @Nullable String failure;
    private volatile SpoolContents contents;

    private @Nullable SpoolFile file;
    /** What was tried last, if its outcome is not known. */
    private @Nullable SpoolTransaction undecided;
    /** Whether the disk may not have what can be read from the file. */
    private boolean doubtful;

    private long bytesSinceLook;
    private long probedAt;

    SpoolDisk(
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

    /** Commits these requests of a round, and takes out of it what has been done: none of them if the disk fails. */
    void attempt(List<SpoolRequest> round, Predicate<SpoolRequest> which) {
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

    /** Notices files that were moved before the next message comes, and that what was wrong is over. */
    void look() {
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

    private void commit(SpoolFile open, List<SpoolRequest> round) throws SQLException {
        if (round.stream().anyMatch(SpoolRequest::takesRoom)) {
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

    /** Those who wait for appends of the last commit, whose outcome may not be known, have been told that there are none. */
    void refusedAppends() {
        if (undecided != null) {
            undecided.refuseAppends();
        }
    }

    /** Nobody knows what is wrong: the file is opened anew, to see what of it has become durable. */
    void startAnew() {
        SpoolFile open = file;
        if (open != null) {
            letGo(open);
        }
    }

    /** Checkpoints a log that has grown too long. The log is whole, so that nothing is lost if this fails: only room. */
    void boundLog() {
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
    void finish() {
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
