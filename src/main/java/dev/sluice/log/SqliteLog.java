package dev.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteErrorCode;

/**
 * A log in a table of SQLite, forced to disk with each append. The directory has to be locked by this process, since
 * nobody else may write to the file.
 */
public final class SqliteLog implements Log {

    /** The tables that this program writes: {@code pragma user_version}. */
    private static final int VERSION = 1;

    private static final int PAGE_BYTES = 4 * 1024;
    private static final int CHECKPOINT_PAGES = (8 << 20) / PAGE_BYTES;
    private static final int CACHE_KIBIBYTES = 8 * 1024;

    private final Path file;
    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement delete;
    private final PreparedStatement select;
    private final PreparedStatement size;
    private final long openedAt = System.nanoTime();
    private final long firstStamp;
    /** What the names of the file and of its write-ahead log stand for. */
    private final List<@Nullable Object> opened;

    private long next;
    private long bytes;

    private SqliteLog(Path file, Connection connection) throws SQLException {
        this.file = file;
        this.connection = connection;
        create();
        insert = connection.prepareStatement("insert into record(position, stamp, checksum, content) values (?,?,?,?)");
        delete = connection.prepareStatement("delete from record where position = ?");
        select = connection.prepareStatement(
                "select position, stamp, checksum, content from record where position > ? order by position limit ?");
        size = connection.prepareStatement("select (page_count - freelist_count) * page_size"
                + " from pragma_page_count(), pragma_freelist_count(), pragma_page_size()");
        long last = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select position, stamp from next")) {
            row.next();
            next = row.getLong(1);
            last = row.getLong(2);
        }
        firstStamp = Math.max(System.currentTimeMillis(), last);
        connection.setAutoCommit(false);
        bytes = readBytes();
        connection.commit();
        opened = keys();
    }

    private List<@Nullable Object> keys() {
        return Arrays.asList(key(file), key(Path.of(file + "-wal")));
    }

    /** Null for what is not there, and where the system knows no such thing. */
    private static @Nullable Object key(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException ex) {
            return null;
        }
    }

    /**
     * Nothing is written into files that nobody could find again. What is in the write-ahead log is put into the file.
     */
    private void requireThere() throws SQLException {
        if (opened.equals(keys())) {
            return;
        }
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma wal_checkpoint");
        } finally {
            connection.setAutoCommit(false);
        }
        throw new SQLException("it, or its -wal, was moved or removed. Put it back, or restart");
    }

    /**
     * Opens a file, making it if it is not there.
     *
     * @throws LogException if it cannot be had, with the cure
     */
    public static SqliteLog open(Path file) throws LogException {
        SQLiteConfig config = new SQLiteConfig();
        config.setGetGeneratedKeys(false);
        config.setSynchronous(SynchronousMode.FULL);
        config.setCacheSize(-CACHE_KIBIBYTES);
        config.setJournalSizeLimit(2 * CHECKPOINT_PAGES * PAGE_BYTES);
        Connection connection = null;
        try {
            connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
            return new SqliteLog(file, connection);
        } catch (SQLException ex) {
            if (connection != null) {
                try {
                    connection.close();
                } catch (SQLException close) {
                    ex.addSuppressed(close);
                }
            }
            throw problem(file, "cannot be opened", ex);
        }
    }

    private void create() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma page_size=" + PAGE_BYTES);
            statement.execute("pragma journal_mode=wal");
            statement.execute("pragma wal_autocheckpoint=" + CHECKPOINT_PAGES);
            int version;
            try (ResultSet row = statement.executeQuery("pragma user_version")) {
                version = row.next() ? row.getInt(1) : 0;
            }
            if (version > VERSION) {
                throw new SQLException("it was written by a newer version, as " + version + ". Use that");
            }
            statement.execute("begin");
            statement.execute("create table if not exists record (position integer primary key,"
                    + " stamp integer not null, checksum integer not null, content blob not null)");
            statement.execute("create table if not exists next (only integer primary key check (only = 1),"
                    + " position integer not null, stamp integer not null)");
            statement.execute("insert or ignore into next values (1, 0, 0)");
            statement.execute("pragma user_version=" + VERSION);
            statement.execute("commit");
        }
    }

    @Override
    public List<LogRecord> append(List<byte[]> contents, List<Long> forgotten) throws LogException {
        List<LogRecord> appended = new ArrayList<>(contents.size());
        long stamp = time();
        long position = next;
        try {
            requireThere();
            for (byte[] content : contents) {
                LogRecord logged = new LogRecord(position++, stamp, content);
                insert(logged);
                appended.add(logged);
            }
            for (long each : forgotten) {
                delete.setLong(1, each);
                delete.executeUpdate();
            }
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("update next set position = " + position + ", stamp = " + stamp);
            }
            connection.commit();
            next = position;
            bytes = readBytes();
            connection.commit();
            return appended;
        } catch (SQLException ex) {
            rollback(ex);
            throw problem(file, "cannot be written", ex);
        }
    }

    private void insert(LogRecord logged) throws SQLException {
        insert.setLong(1, logged.position());
        insert.setLong(2, logged.stamp());
        insert.setLong(3, checksum(logged));
        insert.setBytes(4, logged.content());
        insert.executeUpdate();
    }

    private void rollback(SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException ex) {
            cause.addSuppressed(ex);
        }
    }

    @Override
    public List<LogRecord> read(long after, int most) throws LogException {
        List<LogRecord> found = new ArrayList<>();
        try {
            select.setLong(1, after);
            select.setInt(2, most);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    LogRecord logged = new LogRecord(row.getLong(1), row.getLong(2), row.getBytes(4));
                    if (row.getLong(3) != checksum(logged)) {
                        throw new SQLException(
                                "record " + logged.position() + " is damaged. Restore the file, or move it away");
                    }
                    found.add(logged);
                }
            }
            connection.commit();
            return found;
        } catch (SQLException ex) {
            rollback(ex);
            throw problem(file, "cannot be read", ex);
        }
    }

    private static long checksum(LogRecord logged) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(logged.position())
                .putLong(logged.stamp())
                .flip());
        crc.update(logged.content());
        return crc.getValue();
    }

    private long readBytes() throws SQLException {
        try (ResultSet row = size.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Override
    public long last() {
        return next - 1;
    }

    /** The clock of the system when the file was opened, and what has passed since: nobody can turn it back. */
    @Override
    public long time() {
        return firstStamp + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedAt);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    private static LogException problem(Path file, String what, SQLException cause) {
        boolean full = cause.getErrorCode() == SQLiteErrorCode.SQLITE_FULL.code;
        return new LogException("'" + file + "' " + what + ": " + cause.getMessage(), cause, full);
    }

    @Override
    public void close() throws LogException {
        try {
            connection.close();
        } catch (SQLException ex) {
            throw problem(file, "cannot be closed", ex);
        }
    }
}
