package dev.sluice.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * A log in a table of SQLite, forced to disk with each append. The directory has to be locked by this process, since
 * nobody else may write to the file. Used by one thread.
 *
 * <p>After a failure nobody knows in which state the connection is, so that the file is opened anew with the next
 * append; and nothing is written into a file that was moved or removed, where nobody could find it again.
 */
public final class SqliteLog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SqliteLog.class);

    private final Path file;
    private final Path writeAhead;
    /** What the name of the file stands for; null, as below, where the system knows no such thing. */
    private final @Nullable Object key;

    private final long openedAt = System.nanoTime();
    private final long firstStamp;
    /** Null after a failure. */
    private @Nullable LogTable table;

    private @Nullable Object writeAheadKey;
    private long next;
    private long bytes;

    private SqliteLog(Path file, LogTable table) throws SQLException {
        this.file = file;
        this.writeAhead = Path.of(file + "-wal");
        this.table = table;
        this.key = key(file);
        this.writeAheadKey = key(writeAhead);
        LogTable.End end = table.end();
        this.next = end.position();
        this.firstStamp = Math.max(System.currentTimeMillis(), end.stamp());
        this.bytes = table.bytes();
    }

    /**
     * Opens a file, making it if it is not there.
     *
     * @throws LogException if it cannot be had, with the cure
     */
    public static SqliteLog open(Path file) throws LogException {
        try {
            LogTable table = LogTable.open(file);
            try {
                return new SqliteLog(file, table);
            } catch (SQLException ex) {
                table.close();
                throw ex;
            }
        } catch (SQLException ex) {
            throw problem(file, "cannot be opened", ex);
        }
    }

    private static @Nullable Object key(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException ex) {
            return null;
        }
    }

    /** Returns what the file holds, which is opened anew if need be. */
    private LogTable table() throws SQLException {
        LogTable present = table;
        if (present != null && !Objects.equals(writeAheadKey, key(writeAhead))) {
            present.checkpoint();
            letGo();
            present = null;
            log.warn("'{}' was removed or replaced. What it held is in the file, which is opened anew", writeAhead);
        }
        if (present == null) {
            LogTable opened = LogTable.open(file);
            table = opened;
            opened.takeBack(next);
            writeAheadKey = key(writeAhead);
            present = opened;
        }
        return present;
    }

    private void letGo() {
        LogTable failed = table;
        table = null;
        if (failed != null) {
            try {
                failed.close();
            } catch (SQLException ex) {
                log.debug("'{}'", file, ex);
            }
        }
    }

    /** It stays open, so that it is the same once it is put back. */
    private void requireThere() throws LogException {
        if (!Objects.equals(key, key(file))) {
            throw new LogException("'" + file + "' was moved or removed. Put it back, or restart", null, false);
        }
    }

    /**
     * Appends, and forgets what is over, both or neither. Durable when this returns.
     *
     * @param contents of records, in their order
     * @param forgotten positions of records that need not be read again
     * @return the records as they are in the log, where each has a greater position than any before it
     * @throws LogException if nothing of it is done, though it may be tried again
     */
    public List<LogRecord> append(List<byte[]> contents, List<Long> forgotten) throws LogException {
        requireThere();
        List<LogRecord> appended = new ArrayList<>(contents.size());
        long stamp = time();
        long position = next;
        try {
            LogTable to = table();
            for (byte[] content : contents) {
                LogRecord logged = new LogRecord(position++, stamp, content);
                to.insert(logged);
                appended.add(logged);
            }
            for (long each : forgotten) {
                to.delete(each);
            }
            to.commit(new LogTable.End(position, stamp));
            next = position;
            bytes = to.bytes();
            return appended;
        } catch (SQLException ex) {
            letGo();
            throw problem(file, "cannot be written", ex);
        }
    }

    /** Returns what follows a position, in order; -1 for what is first. Empty at the end. */
    public List<LogRecord> read(long after, int most) throws LogException {
        try {
            LogTable from = table;
            if (from == null) {
                requireThere();
                from = table();
            }
            return from.read(after, most);
        } catch (SQLException ex) {
            letGo();
            throw problem(file, "cannot be read", ex);
        }
    }

    /** Returns the last position that a record has had, whether it is forgotten or not; -1 if there was none. */
    public long last() {
        return next - 1;
    }

    /**
     * Milliseconds of the clock by which records are stamped: that of the system when the file was opened, and what has
     * passed since. Nobody can turn it back.
     */
    public long time() {
        return firstStamp + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedAt);
    }

    /** How many bytes the records take, without what is only kept for a while of those that are forgotten. */
    public long bytes() {
        return bytes;
    }

    private static LogException problem(Path file, String what, SQLException cause) {
        boolean full = cause.getErrorCode() == SQLiteErrorCode.SQLITE_FULL.code;
        return new LogException("'" + file + "' " + what + ": " + cause.getMessage(), cause, full);
    }

    @Override
    public void close() throws LogException {
        LogTable present = table;
        table = null;
        try {
            if (present != null) {
                present.close();
            }
        } catch (SQLException ex) {
            throw problem(file, "cannot be closed", ex);
        }
    }
}
