package dev.sluice.delivery.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one spool that read beside its writer. SQLite shares the index of a log among all connections of a
 * process: where the log itself has to be made anew, all must be closed first. Safe for use by any thread; entered once
 * a query.
 */
final class SpoolConnections {

    /** What is asked of a connection. */
    interface Query<T> {
        T run(Connection connection) throws SQLException;
    }

    /** What is done while nobody reads. */
    interface Work {
        void run() throws SQLException;
    }

    private final Path file;
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
    private final Set<Kept> kept = ConcurrentHashMap.newKeySet();

    SpoolConnections(Path file) {
        this.file = file;
    }

    /** Asks on a connection that is closed then. */
    <T> T once(Query<T> query) throws SQLException {
        gate.readLock().lock();
        try (Connection connection = Sqlite.connect(file, true)) {
            return query.run(connection);
        } finally {
            gate.readLock().unlock();
        }
    }

    /** A connection for one thread, which stays open between its queries. */
    Kept keep() {
        return new Kept();
    }

    /** Waits for the queries that run, closes all connections, and lets nobody ask before the work is done. */
    void without(Work work) throws SQLException {
        gate.writeLock().lock();
        try {
            for (Kept open : new HashSet<>(kept)) {
                open.end();
            }
            work.run();
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** Opened when it is first needed. */
    final class Kept {

        private @Nullable Connection connection;

        private Kept() {}

        <T> T ask(Query<T> query) throws SQLException {
            gate.readLock().lock();
            try {
                Connection open = connection;
                if (open == null) {
                    open = Sqlite.connect(file, true);
                    connection = open;
                    kept.add(this);
                }
                return query.run(open);
            } finally {
                gate.readLock().unlock();
            }
        }

        void close() throws SQLException {
            gate.readLock().lock();
            try {
                end();
            } finally {
                gate.readLock().unlock();
            }
        }

        private void end() throws SQLException {
            Connection open = connection;
            connection = null;
            kept.remove(this);
            if (open != null) {
                open.close();
            }
        }
    }
}
