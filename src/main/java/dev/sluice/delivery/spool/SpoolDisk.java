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
 * The disk's side of a spool: commits what its writer has gathered, and comes through errors of the disk. After one the
 * file is opened anew, and read to find out what became of the last commit, before anything is tried again.
 *
 * <p>Used by the writer's thread; any thread may ask for {@link #contents()} and {@link #failure()}.
 */
final class SpoolDisk {

    private static final Logger log = LoggerFactory.getLogger(SpoolDisk.class);

    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final SpoolHandle handle;
    private final Room room;
    private final RecentBatches recent;
    private final DoneRows doneRows;

    private volatile @Nullable String failure;
    private volatile SpoolContents contents;

    /** What was tried last, if its outcome is not known. */
    private @Nullable SpoolTransaction undecided;
    /** Whether the disk may not have what can be read from the file. */
    private boolean doubtful;

    private long bytesSinceLook;
    private long probedAt;

    SpoolDisk(String name, SpoolHandle handle, SpoolContents contents, Room room, RecentBatches recent) {
        this.name = name;
        this.handle = handle;
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
            SpoolFile open = handle.file(opened -> decide(opened, round));
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
            if (!handle.isRight()) {
                file();
                handle.check();
            }
            if (failure != null && System.nanoTime() - probedAt > PROBE_NANOS) {
                probedAt = System.nanoTime();
                SpoolFile open = file();
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
            handle.check();
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

    /**
     * Those who wait for appends of the last commit, whose outcome may not be known, have been told that there are
     * none.
     */
    void refusedAppends() {
        if (undecided != null) {
            undecided.refuseAppends();
        }
    }

    /** Nobody knows what is wrong: the file is opened anew, to see what of it has become durable. */
    void startAnew() {
        handle.letGo();
    }

    /** Looks, once in so many bytes, whether the log has grown too long. */
    void boundLog() {
        if (bytesSinceLook > SpoolFile.MOST_LOG_BYTES / 4) {
            bytesSinceLook = 0;
            handle.boundLog();
        }
    }

    private SpoolFile file() throws SQLException {
        return handle.file(opened -> decide(opened, new ArrayList<>()));
    }

    /**
     * Finds out by reading what became of a commit that was reported as failed, since it may have taken place all the
     * same. What can be read need not be on the disk after an error, until it has been forced there once more.
     *
     * @param round loses what turns out to have been done
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
        if (failure != null && handle.isRight()) {
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
        // What sinks have taken can still be noted in a file that was moved.
        if (handle.isOpen() && !(cause instanceof SpoolPath.MovedException)) {
            doubtful |= !SpoolProblem.isFull(cause);
            handle.letGo();
        }
    }

    /** Leaves the file without what is not needed, and without a log. */
    void finish() {
        try {
            SpoolFile open = file();
            // What has been refused must not be there.
            open.rollback();
            boolean mixed = contents.mixed() && contents.waits();
            open.replaceEnd(contents, contents.with(mixed));
            doneRows.deleteAll(open, contents);
            open.commit();
            open.checkpoint();
        } catch (SQLException ex) {
            log.debug("Spool '{}': at its end", name, ex);
        }
        handle.close();
    }
}
