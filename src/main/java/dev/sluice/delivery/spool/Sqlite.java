package dev.sluice.delivery.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteJDBCLoader;

/**
 * How SQLite is spoken to. Its exceptions are passed on as they are, since their codes tell damage from a full disk and
 * from a file that was moved.
 */
public final class Sqlite {

    private static final Logger log = LoggerFactory.getLogger(Sqlite.class);
    private static final int PAGE_BYTES = 16 * 1024;
    /** Checkpoint when the write-ahead log has grown to this, as far as readers allow. */
    private static final int CHECKPOINT_PAGES = (32 << 20) / PAGE_BYTES;

    private static final int CACHE_KIBIBYTES = 16 * 1024;
    private static final int BUSY_MILLIS = 10_000;

    private Sqlite() {}

    /**
     * Begins to load the native library, so that whoever connects soon waits less. If that fails, {@link #load} tries
     * again, and says so.
     */
    public static void loadAhead() {
        Thread.ofPlatform().daemon().name("sqlite-load").start(() -> {
            try {
                SQLiteJDBCLoader.initialize();
            } catch (Exception ex) {
                log.debug("SQLite's library is not loaded yet: {}", ex.toString());
            }
        });
    }

    /**
     * Loads the native library, if it is not loaded yet.
     *
     * @throws SpoolException if that fails, which is not the fault of any file of ours
     */
    public static void load() {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception ex) {
            String directory = System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"));
            throw new SpoolException(
                    "SQLite's library cannot be unpacked and loaded from '" + directory
                            + "'. See that the directory is there, may be written to, has room, and may hold programs",
                    ex);
        }
    }

    /** Opens a file, making it if it is not there and may be written. */
    public static Connection connect(Path file, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.setBusyTimeout(BUSY_MILLIS);
        // Else every insert is followed by a query for the key that it made, which is its position.
        config.setGetGeneratedKeys(false);
        if (!readOnly) {
            config.setSynchronous(SynchronousMode.FULL);
            config.setCacheSize(-CACHE_KIBIBYTES);
            config.setJournalSizeLimit(2 * CHECKPOINT_PAGES * PAGE_BYTES);
        }
        Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
        if (!readOnly) {
            try (Statement statement = connection.createStatement()) {
                // The size of a page comes first: it is settled once there is a log.
                statement.execute("pragma page_size=" + PAGE_BYTES);
                statement.execute("pragma journal_mode=wal");
                statement.execute("pragma wal_autocheckpoint=" + CHECKPOINT_PAGES);
            } catch (SQLException ex) {
                connection.close();
                throw ex;
            }
        }
        return connection;
    }

    /** What is done with a row. */
    public interface Use<X extends Exception> {
        void accept(ResultSet row) throws SQLException, X;
    }

    /** What is made of a row. */
    public interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** Goes through the rows that a statement selects. */
    public static <X extends Exception> void each(
            Connection connection, String sql, Use<X> use, @Nullable Object... values) throws SQLException, X {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, values);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    use.accept(row);
                }
            }
        }
    }

    /** Returns what is made of each row that a statement selects. */
    public static <T> List<T> query(Connection connection, String sql, Mapper<T> mapper, Object... values)
            throws SQLException {
        List<T> found = new ArrayList<>();
        each(connection, sql, row -> found.add(mapper.map(row)), values);
        return found;
    }

    /** Returns how many rows it changed. */
    static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return update(statement, values);
        }
    }

    /** Returns how many rows it changed. */
    static int update(PreparedStatement statement, Object... values) throws SQLException {
        bind(statement, values);
        return statement.executeUpdate();
    }

    /** Sets the values of a statement, in their order. */
    public static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
