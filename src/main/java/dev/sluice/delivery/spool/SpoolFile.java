package dev.sluice.delivery.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * What writes into the file of a spool, on one connection. Used by one thread at a time.
 *
 * <p>How rows are read again stands in {@link SpoolRows}.
 */
final class SpoolFile implements AutoCloseable {

    private static final int PAGE_BYTES = 16 * 1024;
    /** Checkpoint when the write-ahead log has grown to this, as far as readers allow. */
    private static final int CHECKPOINT_PAGES = (32 << 20) / PAGE_BYTES;
    /** Beyond this, wait for readers to allow it, lest those that overlap let the log grow for ever. */
    static final long MOST_LOG_BYTES = 256 << 20;

    private static final int CACHE_KIBIBYTES = 16 * 1024;
    private static final int BUSY_MILLIS = 10_000;

    /** The file holds something else than we have written. */
    static final class ChangedException extends SQLException {

        private static final long serialVersionUID = 1L;

        ChangedException() {
            super("another program has written to the file. End that, then restart");
        }
    }

    private final Connection connection;
    private final Path log;
    private final PreparedStatement insertBatch;
    private final PreparedStatement putCursor;
    private final PreparedStatement replaceEnd;
    private final PreparedStatement lastBefore;
    private final PreparedStatement deleteBefore;

    private SpoolFile(Connection connection, Path log) throws SQLException {
        this.log = log;
        this.connection = connection;
        this.insertBatch = connection.prepareStatement(
                "insert into batch(position, messages, route, bytes_before, received_at, checksum, content) values"
                        + " (?,?,?,?,?,?,?)");
        this.putCursor = connection.prepareStatement(
                "insert or replace into cursor(sink, position, bytes, checksum) values (?,?,?,?)");
        this.replaceEnd = connection.prepareStatement("update cursor set position = ?, bytes = ?, checksum = ?"
                + " where sink = ? and position = ? and checksum = ?");
        this.lastBefore =
                connection.prepareStatement("select position, messages, bytes_before, length(content) from batch"
                        + " where position >= ? and position < ? and route = ? order by position desc limit 1");
        this.deleteBefore = connection.prepareStatement(
                "delete from batch where position >= ? and position < ? and position + messages <= ? and route = ?");
    }

    /** Opens the file for writing, making it if it is not there. */
    static SpoolFile open(Path file) throws SQLException {
        Connection connection = connect(file, false);
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute("pragma wal_autocheckpoint=" + CHECKPOINT_PAGES);
                SpoolSchema.create(statement);
            }
            connection.setAutoCommit(false);
            return new SpoolFile(connection, Path.of(file + "-wal"));
        } catch (SQLException | RuntimeException ex) {
            connection.close();
            throw ex;
        }
    }

    static Connection connect(Path file, boolean readOnly) throws SQLException {
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
                // In this order: with a log, the size of a page is settled.
                statement.execute("pragma page_size=" + PAGE_BYTES);
                statement.execute("pragma journal_mode=wal");
            } catch (SQLException ex) {
                connection.close();
                throw ex;
            }
        }
        return connection;
    }

    void insert(StoredBatch batch) throws SQLException {
        insertBatch.setLong(1, batch.position());
        insertBatch.setInt(2, batch.messages());
        insertBatch.setInt(3, batch.route());
        insertBatch.setLong(4, batch.bytesBefore());
        insertBatch.setLong(5, batch.receivedAt());
        insertBatch.setLong(6, SpoolRows.checksum(batch));
        insertBatch.setBytes(7, batch.content());
        insertBatch.executeUpdate();
    }

    void putCursor(String sink, long position) throws SQLException {
        putCursor(sink, position, 0, SpoolRows.checksum(sink, position, 0));
    }

    /** Notes where the queue ends, and what else there must be. To be called in every commit that changes anything of it. */
    void putEnd(SpoolContents contents) throws SQLException {
        putCursor(SpoolRows.END, contents.end(), 0, SpoolRows.checksum(contents));
    }

    /**
     * Notes where the queue ends, in the place of what was there before.
     *
     * @throws ChangedException if something else was there, since another program wrote to the file
     */
    void replaceEnd(SpoolContents before, SpoolContents after) throws SQLException {
        replaceEnd.setLong(1, after.end());
        replaceEnd.setLong(2, 0);
        replaceEnd.setLong(3, SpoolRows.checksum(after));
        replaceEnd.setString(4, SpoolRows.END);
        replaceEnd.setLong(5, before.end());
        replaceEnd.setLong(6, SpoolRows.checksum(before));
        if (replaceEnd.executeUpdate() != 1) {
            throw new ChangedException();
        }
    }

    /** Whether the file holds these contents, as its end says. Another process's write is not among them. */
    boolean holds(SpoolContents contents) throws SQLException {
        boolean held = SpoolRows.cursors(connection).stream()
                .anyMatch(cursor -> cursor.isEnd()
                        && cursor.position() == contents.end()
                        && cursor.checksum() == SpoolRows.checksum(contents));
        connection.commit();
        return held;
    }

    private void putCursor(String sink, long position, long bytes, long checksum) throws SQLException {
        putCursor.setString(1, sink);
        putCursor.setLong(2, position);
        putCursor.setLong(3, bytes);
        putCursor.setLong(4, checksum);
        putCursor.executeUpdate();
    }

    void removeCursor(String sink) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from cursor where sink = ?")) {
            delete.setString(1, sink);
            delete.executeUpdate();
        }
    }

    void putRoute(int number, Set<String> sinks) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert or replace into route(number, sinks, checksum) values (?,?,?)")) {
            insert.setInt(1, number);
            insert.setString(2, SpoolRows.sinks(sinks));
            insert.setLong(3, SpoolRows.checksum(number, SpoolRows.sinks(sinks)));
            insert.executeUpdate();
        }
    }

    void removeRoute(int number) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from route where number = ?")) {
            delete.setInt(1, number);
            delete.executeUpdate();
        }
    }

    /**
     * How much of a route is done by whoever is done with everything before a position.
     *
     * @param from no row of the route that is not done begins before
     */
    RouteContents.Done done(int route, long from, long before, long unchanged) throws SQLException {
        lastBefore.setLong(1, from);
        lastBefore.setLong(2, before);
        lastBefore.setInt(3, route);
        try (ResultSet row = lastBefore.executeQuery()) {
            if (!row.next()) {
                return new RouteContents.Done(unchanged, from);
            }
            long end = row.getLong(1) + row.getInt(2);
            return end <= before
                    ? new RouteContents.Done(row.getLong(3) + row.getLong(4), end)
                    : new RouteContents.Done(row.getLong(3), row.getLong(1));
        }
    }

    /** Deletes the rows of a route that begin at a position or behind it and end at another or before. */
    void delete(int route, long from, long before) throws SQLException {
        deleteBefore.setLong(1, from);
        deleteBefore.setLong(2, before);
        deleteBefore.setLong(3, before);
        deleteBefore.setInt(4, route);
        deleteBefore.executeUpdate();
    }

    /** Takes back what was appended by a commit of which nobody was told. What else it did stays. */
    void takeBack(SpoolContents found, SpoolContents kept) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from batch where position >= ?")) {
            delete.setLong(1, kept.end());
            delete.executeUpdate();
        }
        replaceEnd(found, kept);
        connection.commit();
    }

    /** The contents with the dead letters that are in the file, and what is held there. */
    SpoolContents recounted(SpoolContents contents) throws SQLException {
        return contents.with(amounts("dead_letter"), amounts("held"));
    }

    private Map<String, Amount> amounts(String table) throws SQLException {
        Map<String, Amount> amounts = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select sink, count(*), sum(length(content)) from " + table + " group by sink")) {
            while (row.next()) {
                amounts.put(row.getString(1), new Amount(row.getLong(2), row.getLong(3)));
            }
        }
        return Map.copyOf(amounts);
    }

    /** Returns the length of its content. */
    long insert(DeadLetter letter) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into dead_letter(sink, position, attempts, reason, died_at, checksum, content)"
                        + " values (?,?,?,?,?,?,?)")) {
            byte[] content = BatchCodec.encode(letter.message());
            insert.setString(1, letter.sink());
            insert.setLong(2, letter.position());
            insert.setInt(3, letter.attempts());
            insert.setString(4, letter.reason());
            insert.setLong(5, letter.diedAt());
            insert.setLong(
                    6,
                    SpoolRows.checksum(
                            letter.sink(),
                            letter.reason(),
                            letter.position(),
                            letter.attempts(),
                            letter.diedAt(),
                            content));
            insert.setBytes(7, content);
            insert.executeUpdate();
            return content.length;
        }
    }

    /** Returns the length of its content; -1 if it was not there. */
    long remove(DeadLetter letter) throws SQLException {
        return remove("dead_letter where sink = ? and position = ?", letter.sink(), letter.position());
    }

    /** Keeps a message of a stream that a sink refuses. Returns the length of its content; -1 if it was there already. */
    long hold(String sink, SpooledMessage message) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert or ignore into held(sink, stream, position, checksum, content) values (?,?,?,?,?)")) {
            byte[] content = BatchCodec.encode(message);
            String stream = message.origin().lane();
            insert.setString(1, sink);
            insert.setString(2, stream);
            insert.setLong(3, message.position());
            insert.setLong(4, SpoolRows.checksum(sink, stream, message.position(), 0, 0, content));
            insert.setBytes(5, content);
            return insert.executeUpdate() == 0 ? -1 : content.length;
        }
    }

    /** Returns the length of its content; -1 if it was not there. */
    long letGo(String sink, SpooledMessage message) throws SQLException {
        return remove(
                "held where sink = ? and stream = ? and position = ?",
                sink,
                message.origin().lane(),
                message.position());
    }

    void letGo(String sink) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from held where sink = ?")) {
            delete.setString(1, sink);
            delete.executeUpdate();
        }
    }

    private long remove(String which, Object... key) throws SQLException {
        long length = -1;
        try (PreparedStatement select = connection.prepareStatement("select length(content) from " + which)) {
            set(select, key);
            try (ResultSet row = select.executeQuery()) {
                length = row.next() ? row.getLong(1) : -1;
            }
        }
        if (length >= 0) {
            try (PreparedStatement delete = connection.prepareStatement("delete from " + which)) {
                set(delete, key);
                delete.executeUpdate();
            }
        }
        return length;
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    long logBytes() {
        return log.toFile().length();
    }

    /**
     * Puts what the log holds into the main file, as far as readers allow, so that the log can be written from its start again.
     * Returns whether that was all.
     */
    boolean checkpoint() throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma wal_checkpoint(truncate)")) {
            return row.next() && row.getInt(1) == 0;
        } finally {
            connection.setAutoCommit(false);
        }
    }

    /**
     * Puts all that the log holds into the main file, and forces it to disk.
     *
     * @throws SQLException if that failed, or a reader kept us from it
     */
    void checkpointAll() throws SQLException {
        if (!checkpoint()) {
            throw new SQLException("a reader keeps the log from being written back");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
