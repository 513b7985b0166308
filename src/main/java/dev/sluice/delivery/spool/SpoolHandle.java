package dev.sluice.delivery.spool;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the file of a spool open for its writer, and comes through files that are moved or removed. After an error the
 * file is closed, since nobody knows in which state the connection is, and opened anew once it is needed. Used by the
 * writer's thread.
 */
final class SpoolHandle {

    private static final Logger log = LoggerFactory.getLogger(SpoolHandle.class);

    /**
     * What is done with a file that has just been opened, before it is used. If it throws, the file is closed again.
     */
    interface Inspection {
        void inspect(SpoolFile opened) throws SQLException;
    }

    private final String name;
    private final SpoolPath path;
    private final SpoolConnections connections;
    private @Nullable SpoolFile file;

    SpoolHandle(String name, SpoolFile file, SpoolPath path, SpoolConnections connections) {
        this.name = name;
        this.file = file;
        this.path = path;
        this.connections = connections;
    }

    boolean isOpen() {
        return file != null;
    }

    /** Returns whether the paths still name the files that are open. */
    boolean isRight() {
        return path.state() == SpoolPath.State.RIGHT;
    }

    /**
     * Makes sure that something may be appended.
     *
     * @throws SpoolPath.MovedException if the paths name other files
     */
    void check() throws SpoolPath.MovedException {
        path.check();
    }

    /** Returns the file, opening it if need be. */
    SpoolFile file(Inspection inspection) throws SQLException {
        SpoolPath.State state = path.state();
        if (state == SpoolPath.State.TAKEN) {
            throw new SpoolPath.MovedException(SpoolPath.TAKEN);
        }
        if (file != null && state == SpoolPath.State.LOG_GONE) {
            renew(file, inspection);
        }
        return file == null ? reopen(inspection) : file;
    }

    private SpoolFile reopen(Inspection inspection) throws SQLException {
        path.look();
        path.check();
        SpoolFile open = SpoolFile.open(path.file());
        try {
            inspection.inspect(open);
        } catch (SQLException ex) {
            close(open);
            throw ex;
        }
        path.opened();
        file = open;
        return open;
    }

    /** The log has lost its name: puts what it holds into the file, and opens that anew, with a new log. */
    private void renew(SpoolFile open, Inspection inspection) throws SQLException {
        open.checkpointAll();
        connections.without(() -> {
            path.clearLog();
            close(open);
            file = null;
            reopen(inspection);
        });
        log.warn(
                "Spool '{}': its log has been removed or replaced. What it held is in the file, which has been opened"
                        + " anew",
                name);
    }

    /**
     * Checkpoints a log that has grown too long. The log is whole, so that nothing is lost if this fails: only room.
     */
    void boundLog() {
        SpoolFile open = file;
        if (open == null || open.logBytes() <= SpoolFile.MOST_LOG_BYTES) {
            return;
        }
        try {
            open.checkpoint();
        } catch (SQLException ex) {
            log.warn(
                    "Spool '{}': its log of {} bytes could not be written back into the file: {}. It grows on until it"
                            + " can",
                    name,
                    open.logBytes(),
                    SpoolProblem.describe(ex));
            letGo();
        }
    }

    /** Closes the file after an error; but not what nobody could open again. */
    void letGo() {
        SpoolFile open = file;
        if (open == null) {
            return;
        }
        if (path.look() == SpoolPath.State.LOG_GONE) {
            rollback(open); // Nobody else could read the log.
        } else {
            close(open);
            file = null;
        }
    }

    private void rollback(SpoolFile open) {
        try {
            open.rollback();
        } catch (SQLException ex) {
            log.debug("Spool '{}': after an error", name, ex);
        }
    }

    /** Closes the file for good. */
    void close() {
        SpoolFile open = file;
        if (open != null) {
            close(open);
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
