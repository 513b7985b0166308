package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * All SQL of the spool, on one connection to one file. Used by one thread at a time.
 *
 * <p>Every row carries a CRC32C of its other columns. In the table {@code cursor} the sink without a name stands for the end of
 * the queue. Its checksum covers also all other cursors and the number of dead letters, so that missing rows are noticed.
 */
final class SpoolFile implements AutoCloseable {

    /** The name in {@code cursor} of what is no sink: the end of the queue. */
    static final String END = "";

    private static final int PAGE_BYTES = 16 * 1024;
    /** Checkpoint when the write-ahead log has grown to this, as far as readers allow. */
    private static final int CHECKPOINT_PAGES = (32 << 20) / PAGE_BYTES;
    /** Beyond this, wait for readers to allow it, lest those that overlap let the log grow for ever. */
    static final long MOST_LOG_BYTES = 256 << 20;

    private static final int CACHE_KIBIBYTES = 16 * 1024;
    private static final int BUSY_MILLIS = 10_000;

    private static final List<String> TABLES = List.of("""
        create table if not exists batch (
          position integer primary key, messages integer not null, bytes_before integer not null,
          received_at integer not null, checksum integer not null, content blob not null)\
        """, """
        create table if not exists cursor (
          sink text primary key, position integer not null, bytes integer not null, checksum integer not null
        ) without rowid\
        """, """
        create table if not exists dead_letter (
          sink text not null, position integer not null, attempts integer not null, reason text not null,
          died_at integer not null, checksum integer not null, content blob not null,
          primary key (sink, position)) without rowid\
        """);

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
    private final PreparedStatement bytesBefore;
    private final PreparedStatement deleteBefore;

    private SpoolFile(Connection connection, Path log) throws SQLException {
        this.log = log;
        this.connection = connection;
        this.insertBatch = connection.prepareStatement(
                "insert into batch(position, messages, bytes_before, received_at, checksum, content) values"
                        + " (?,?,?,?,?,?)");
        this.putCursor = connection.prepareStatement(
                "insert or replace into cursor(sink, position, bytes, checksum) values (?,?,?,?)");
        this.replaceEnd = connection.prepareStatement("update cursor set position = ?, bytes = ?, checksum = ?"
                + " where sink = ? and position = ? and checksum = ?");
        this.bytesBefore = connection.prepareStatement(
                "select bytes_before from batch where position <= ? order by position desc limit 1");
        this.deleteBefore =
                connection.prepareStatement("delete from batch where position + messages <= ? and position < ?");
    }

    /** Opens the file for writing, making it if it is not there. */
    static SpoolFile open(Path file) throws SQLException {
        Connection connection = connect(file, false);
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute("pragma wal_autocheckpoint=" + CHECKPOINT_PAGES);
                for (String table : TABLES) {
                    statement.execute(table);
                }
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
        insertBatch.setLong(3, batch.bytesBefore());
        insertBatch.setLong(4, batch.receivedAt());
        insertBatch.setLong(5, checksum(batch));
        insertBatch.setBytes(6, batch.content());
        insertBatch.executeUpdate();
    }

    void putCursor(String sink, long position) throws SQLException {
        putCursor(sink, position, 0, checksum(sink, position, 0));
    }

    /** Notes where the queue ends, and what else there must be. To be called in every commit that changes anything of it. */
    void putEnd(SpoolContents contents) throws SQLException {
        putCursor(END, contents.end(), contents.endBytes(), checksum(contents));
    }

    /**
     * Notes where the queue ends, in the place of what was there before.
     *
     * @throws ChangedException if something else was there, since another program wrote to the file
     */
    void replaceEnd(SpoolContents before, SpoolContents after) throws SQLException {
        replaceEnd.setLong(1, after.end());
        replaceEnd.setLong(2, after.endBytes());
        replaceEnd.setLong(3, checksum(after));
        replaceEnd.setString(4, END);
        replaceEnd.setLong(5, before.end());
        replaceEnd.setLong(6, checksum(before));
        if (replaceEnd.executeUpdate() != 1) {
            throw new ChangedException();
        }
    }

    /** Whether the file holds these contents, as its end says. Another process's write is not among them. */
    boolean holds(SpoolContents contents) throws SQLException {
        boolean held = cursors(connection).stream()
                .anyMatch(cursor -> cursor.isEnd()
                        && cursor.position() == contents.end()
                        && cursor.bytes() == contents.endBytes()
                        && cursor.checksum() == checksum(contents));
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

    /** The length of all content before the batch that holds the position; or {@code none} if there is none. */
    long bytesBefore(long position, long none) throws SQLException {
        bytesBefore.setLong(1, position);
        try (ResultSet row = bytesBefore.executeQuery()) {
            return row.next() ? row.getLong(1) : none;
        }
    }

    /** Deletes the batches that end at the position or before. */
    void deleteBefore(long position) throws SQLException {
        deleteBefore.setLong(1, position);
        deleteBefore.setLong(2, position);
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

    /** The contents with the dead letters that are in the file. */
    SpoolContents withDeadLetters(SpoolContents contents) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select count(*), coalesce(sum(length(content)), 0) from dead_letter")) {
            row.next();
            return contents.withDeadLetters(row.getLong(1), row.getLong(2));
        }
    }

    /** Answers the length of its content. */
    long insert(DeadLetter letter) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into dead_letter(sink, position, attempts, reason, died_at, checksum, content)"
                        + " values (?,?,?,?,?,?,?)")) {
            byte[] content = BatchCodec.encode(List.of(letter.message()));
            insert.setString(1, letter.sink());
            insert.setLong(2, letter.position());
            insert.setInt(3, letter.attempts());
            insert.setString(4, letter.reason());
            insert.setLong(5, letter.diedAt());
            insert.setLong(
                    6,
                    checksum(
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

    /** Answers the length of its content; -1 if it was not there. */
    long remove(DeadLetter letter) throws SQLException {
        long length = -1;
        try (PreparedStatement select = connection.prepareStatement(
                "select length(content) from dead_letter where sink = ? and position = ?")) {
            select.setString(1, letter.sink());
            select.setLong(2, letter.position());
            try (ResultSet row = select.executeQuery()) {
                length = row.next() ? row.getLong(1) : -1;
            }
        }
        if (length >= 0) {
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from dead_letter where sink = ? and position = ?")) {
                delete.setString(1, letter.sink());
                delete.setLong(2, letter.position());
                delete.executeUpdate();
            }
        }
        return length;
    }

    /**
     * @param first the position of the oldest message that waits
     */
    Spool.Held held(long first, long end) throws SQLException {
        Map<String, Long> letters = new HashMap<>();
        long deadAlone = 0;
        try (PreparedStatement counts =
                        connection.prepareStatement("select sink, count(*) from dead_letter group by sink");
                ResultSet row = counts.executeQuery()) {
            while (row.next()) {
                letters.put(row.getString(1), row.getLong(2));
            }
        }
        try (PreparedStatement count =
                connection.prepareStatement("select count(distinct position) from dead_letter where position < ?")) {
            count.setLong(1, first);
            try (ResultSet row = count.executeQuery()) {
                deadAlone = row.next() ? row.getLong(1) : 0;
            }
        }
        connection.commit();
        return new Spool.Held(end - first + deadAlone, Map.copyOf(letters));
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

    // Reading, on any connection

    static final String SELECT_BATCH =
            "select position, messages, bytes_before, received_at, checksum, content from batch ";

    /** Of a row of {@link #SELECT_BATCH}. Empty if its checksum is not right. */
    static Optional<StoredBatch> batch(ResultSet row) throws SQLException {
        byte[] content = row.getBytes(6);
        StoredBatch batch = new StoredBatch(
                row.getLong(1), row.getInt(2), row.getLong(3), row.getLong(4), content == null ? new byte[0] : content);
        return row.getLong(5) == checksum(batch) ? Optional.of(batch) : Optional.empty();
    }

    static final String SELECT_DEAD_LETTER =
            "select sink, position, attempts, reason, died_at, checksum, content from dead_letter ";

    /** Of a row of {@link #SELECT_DEAD_LETTER}. Empty if its checksum is not right. */
    static Optional<DeadLetter> deadLetter(String listener, ResultSet row) throws SQLException {
        String sink = row.getString(1);
        byte[] content = row.getBytes(7);
        String reason = row.getString(4);
        if (sink == null
                || content == null
                || reason == null
                || row.getLong(6) != checksum(sink, reason, row.getLong(2), row.getInt(3), row.getLong(5), content)) {
            return Optional.empty();
        }
        Envelope message = BatchCodec.decode(listener, 1, content).getFirst();
        return Optional.of(new DeadLetter(sink, row.getLong(2), message, row.getInt(3), reason, row.getLong(5)));
    }

    /**
     * @param bytes of the end; 0 for sinks
     */
    record Cursor(String sink, long position, long bytes, long checksum) {

        boolean isEnd() {
            return sink.equals(END);
        }

        /** Of a sink's; that of the end covers more than its row. */
        boolean isRight() {
            return checksum == SpoolFile.checksum(sink, position, bytes);
        }
    }

    static List<Cursor> cursors(Connection connection) throws SQLException {
        List<Cursor> cursors = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select sink, position, bytes, checksum from cursor")) {
            while (row.next()) {
                String sink = String.valueOf(row.getString(1));
                long position = row.getLong(2);
                long bytes = row.getLong(3);
                cursors.add(new Cursor(sink, position, bytes, row.getLong(4)));
            }
        }
        return cursors;
    }

    private static long checksum(StoredBatch batch) {
        return checksum(
                "", batch.position(), batch.messages(), batch.bytesBefore(), batch.receivedAt(), batch.content());
    }

    private static long checksum(String sink, long position, long bytes) {
        return checksum(sink, position, bytes, 0, 0, new byte[0]);
    }

    private static long checksum(
            String sink, String reason, long position, long attempts, long diedAt, byte[] content) {
        return checksum(sink + '\n' + reason, position, attempts, diedAt, 0, content);
    }

    /** Of the end: with it, no cursor and no dead letter can be missing. */
    static long checksum(SpoolContents contents) {
        return checksum(
                new TreeMap<>(contents.cursors()).toString(),
                contents.end(),
                contents.endBytes(),
                contents.deadLetters(),
                contents.deadLetterBytes(),
                new byte[0]);
    }

    private static long checksum(String text, long a, long b, long c, long d, byte[] content) {
        CRC32C crc = new CRC32C();
        ByteBuffer numbers = ByteBuffer.allocate(4 * Long.BYTES);
        numbers.putLong(a).putLong(b).putLong(c).putLong(d).flip();
        crc.update(numbers);
        if (!text.isEmpty()) {
            crc.update(text.getBytes(StandardCharsets.UTF_8));
        }
        crc.update(content);
        return crc.getValue();
    }
}
