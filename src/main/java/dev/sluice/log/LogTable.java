package dev.sluice.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** The records of a log in a file of SQLite, over one connection. After an exception it can only be closed. */
final class LogTable implements AutoCloseable {

    /** The tables that this program writes: {@code pragma user_version}. */
    private static final int VERSION = 1;

    private static final int PAGE_BYTES = 4 * 1024;
    private static final int CHECKPOINT_PAGES = (8 << 20) / PAGE_BYTES;
    private static final int CACHE_KIBIBYTES = 8 * 1024;

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement delete;
    private final PreparedStatement select;
    private final PreparedStatement size;
    private final PreparedStatement putEnd;

    private LogTable(Connection connection) throws SQLException {
        this.connection = connection;
        create();
        insert = connection.prepareStatement("insert into record(position, stamp, checksum, content) values (?,?,?,?)");
        delete = connection.prepareStatement("delete from record where position = ?");
        select = connection.prepareStatement(
                "select position, stamp, checksum, content from record where position > ? order by position limit ?");
        size = connection.prepareStatement("select (page_count - freelist_count) * page_size"
                + " from pragma_page_count(), pragma_freelist_count(), pragma_page_size()");
        putEnd = connection.prepareStatement("update next set position = ?, stamp = ?");
        connection.setAutoCommit(false);
    }

    /** Opens the file, making it if it is not there. */
    static LogTable open(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setGetGeneratedKeys(false);
        config.setSynchronous(SynchronousMode.FULL);
        config.setCacheSize(-CACHE_KIBIBYTES);
        config.setJournalSizeLimit(2 * CHECKPOINT_PAGES * PAGE_BYTES);
        Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
        try {
            return new LogTable(connection);
        } catch (SQLException | RuntimeException ex) {
            connection.close();
            throw ex;
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

    /**
     * Where the next record goes.
     *
     * @param stamp of the last append
     */
    record End(long position, long stamp) {}

    End end() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select position, stamp from next")) {
            row.next();
            return new End(row.getLong(1), row.getLong(2));
        } finally {
            connection.commit();
        }
    }

    void insert(LogRecord logged) throws SQLException {
        insert.setLong(1, logged.position());
        insert.setLong(2, logged.stamp());
        insert.setLong(3, checksum(logged));
        insert.setBytes(4, logged.content());
        insert.executeUpdate();
    }

    void delete(long position) throws SQLException {
        delete.setLong(1, position);
        delete.executeUpdate();
    }

    /** Drops what was appended from a position on by a commit that seemed to fail: nobody has been told of it. */
    void takeBack(long from) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("delete from record where position >= " + from);
            statement.executeUpdate("update next set position = " + from + " where position > " + from);
        }
        connection.commit();
    }

    /** Forces to disk what has been done since the last commit. */
    void commit(End end) throws SQLException {
        putEnd.setLong(1, end.position());
        putEnd.setLong(2, end.stamp());
        putEnd.executeUpdate();
        connection.commit();
    }

    List<LogRecord> read(long after, int most) throws SQLException {
        List<LogRecord> found = new ArrayList<>();
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

    long bytes() throws SQLException {
        try (ResultSet row = size.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        } finally {
            connection.commit();
        }
    }

    /** Puts all that the write-ahead log holds into the file. */
    void checkpoint() throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma wal_checkpoint(truncate)")) {
            if (!row.next() || row.getInt(1) != 0) {
                throw new SQLException("its -wal was removed, and what that held cannot be put into the file");
            }
        } finally {
            connection.setAutoCommit(false);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
