package dev.sluice.delivery.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What writes into the file of a spool, on one connection. Used by one thread at a time.
 *
 * <p>How rows are read again stands in {@link SpoolRows}.
 */
public final class SpoolFile implements AutoCloseable {

    /** Beyond this, wait for readers to allow it, lest those that overlap let the log grow for ever. */
    static final long MOST_LOG_BYTES = 256 << 20;

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
    public static SpoolFile open(Path file) throws SQLException {
        Connection connection = Sqlite.connect(file, false);
        try {
            try (Statement statement = connection.createStatement()) {
                SpoolSchema.create(statement);
            }
            connection.setAutoCommit(false);
            return new SpoolFile(connection, Path.of(file + "-wal"));
        } catch (SQLException | RuntimeException ex) {
            connection.close();
            throw ex;
        }
    }

    /** Appends a row of messages where it says. */
    public void insert(StoredBatch batch) throws SQLException {
        insertBatch.setLong(1, batch.position());
        insertBatch.setInt(2, batch.messages());
        insertBatch.setInt(3, batch.route());
        insertBatch.setLong(4, batch.bytesBefore());
        insertBatch.setLong(5, batch.receivedAt());
        insertBatch.setLong(6, SpoolRows.checksum(batch));
        insertBatch.setBytes(7, batch.content());
        insertBatch.executeUpdate();
    }

    /** Notes how far a sink is. */
    public void putCursor(String sink, long position) throws SQLException {
        putCursor(sink, position, 0, SpoolRows.checksum(sink, position, 0));
    }

    /**
     * Notes where the queue ends, and what else there must be. To be called in every commit that changes anything of
     * it.
     */
    public void putEnd(SpoolContents contents) throws SQLException {
        SpoolSchema.put(contents.version(), connection);
        putCursor(SpoolRows.END, contents.end(), 0, SpoolRows.checksum(contents));
    }

    /**
     * Notes where the queue ends, in the place of what was there before.
     *
     * @throws ChangedException if something else was there, since another program wrote to the file
     */
    void replaceEnd(SpoolContents before, SpoolContents after) throws SQLException {
        int replaced = Sqlite.update(
                replaceEnd,
                after.end(),
                0,
                SpoolRows.checksum(after),
                SpoolRows.END,
                before.end(),
                SpoolRows.checksum(before));
        if (replaced != 1) {
            throw new ChangedException();
        }
        if (before.version() != after.version()) {
            SpoolSchema.put(after.version(), connection);
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
        Sqlite.update(putCursor, sink, position, bytes, checksum);
    }

    void removeCursor(String sink) throws SQLException {
        Sqlite.update(connection, "delete from cursor where sink = ?", sink);
    }

    /** Notes which sinks a route stands for. */
    public void putRoute(int number, Set<String> sinks) throws SQLException {
        String text = SpoolRows.sinks(sinks);
        Sqlite.update(
                connection,
                "insert or replace into route(number, sinks, checksum) values (?,?,?)",
                number,
                text,
                SpoolRows.checksum(number, text));
    }

    void removeRoute(int number) throws SQLException {
        Sqlite.update(connection, "delete from route where number = ?", number);
    }

    /**
     * How much of a route is done by whoever is done with everything before a position.
     *
     * @param unchanged how much of its content he was done with, where none of the rows counts that were not
     */
    public RouteContents.Done done(int number, RouteContents route, long before, long unchanged) throws SQLException {
        if (before >= route.end()) {
            return new RouteContents.Done(route.bytes(), route.end());
        }
        if (before <= route.from()) {
            return new RouteContents.Done(unchanged, route.from());
        }
        Sqlite.bind(lastBefore, route.from(), before, number);
        try (ResultSet row = lastBefore.executeQuery()) {
            if (!row.next()) {
                return new RouteContents.Done(unchanged, route.from());
            }
            long end = row.getLong(1) + row.getInt(2);
            return end <= before
                    ? new RouteContents.Done(row.getLong(3) + row.getLong(4), end)
                    : new RouteContents.Done(row.getLong(3), row.getLong(1));
        }
    }

    /** Deletes the rows of a route that begin at a position or behind it and end at another or before. */
    void delete(int route, long from, long before) throws SQLException {
        Sqlite.update(deleteBefore, from, before, before, route);
    }

    /** Takes back what was appended by a commit of which nobody was told. What else it did stays. */
    void takeBack(SpoolContents found, SpoolContents kept) throws SQLException {
        Sqlite.update(connection, "delete from batch where position >= ?", kept.end());
        replaceEnd(found, kept);
        connection.commit();
    }

    /** The contents with the dead letters that are in the file, and what is held there. */
    public SpoolContents recounted(SpoolContents contents) throws SQLException {
        return contents.with(amounts("dead_letter"), amounts("held"));
    }

    private Map<String, Amount> amounts(String table) throws SQLException {
        Map<String, Amount> amounts = new HashMap<>();
        Sqlite.each(
                connection,
                "select sink, count(*), sum(length(content)) from " + table + " group by sink",
                row -> amounts.put(row.getString(1), new Amount(row.getLong(2), row.getLong(3))));
        return Map.copyOf(amounts);
    }

    /** Returns the length of its content. */
    public long insert(DeadLetter letter) throws SQLException {
        byte[] content = BatchCodec.encode(letter.message());
        Sqlite.update(
                connection,
                "insert into dead_letter(sink, position, attempts, reason, died_at, checksum, content)"
                        + " values (?,?,?,?,?,?,?)",
                letter.sink(),
                letter.position(),
                letter.attempts(),
                letter.reason(),
                letter.diedAt(),
                SpoolRows.checksum(
                        letter.sink(), letter.reason(), letter.position(), letter.attempts(), letter.diedAt(), content),
                content);
        return content.length;
    }

    /** Returns the length of its content; -1 if it was not there. */
    public long remove(DeadLetter letter) throws SQLException {
        return remove("dead_letter where sink = ? and position = ?", letter.sink(), letter.position());
    }

    /**
     * Keeps a message of a stream that a sink refuses. Returns the length of its content; -1 if it was there already.
     */
    public long hold(String sink, SpooledMessage message) throws SQLException {
        byte[] content = BatchCodec.encode(message);
        String stream = message.origin().lane();
        int inserted = Sqlite.update(
                connection,
                "insert or ignore into held(sink, stream, position, checksum, content) values (?,?,?,?,?)",
                sink,
                stream,
                message.position(),
                SpoolRows.checksum(sink, stream, message.position(), 0, 0, content),
                content);
        return inserted == 0 ? -1 : content.length;
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
        Sqlite.update(connection, "delete from held where sink = ?", sink);
    }

    private long remove(String which, Object... key) throws SQLException {
        List<Long> length =
                Sqlite.query(connection, "select length(content) from " + which, row -> row.getLong(1), key);
        return Sqlite.update(connection, "delete from " + which, key) == 0 ? -1 : length.getFirst();
    }

    /** Forces to disk what has been written since the last commit. */
    public void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    long logBytes() {
        return log.toFile().length();
    }

    /**
     * Puts what the log holds into the main file, as far as readers allow, so that the log can be written from its
     * start again. Returns whether that was all.
     */
    public boolean checkpoint() throws SQLException {
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
