package dev.sluice.delivery.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The rows of a spool as they are read, on any connection. Each carries a CRC32C of its other columns.
 *
 * <p>In the table {@code cursor} the sink without a name stands for the end of the queue. Its checksum covers also the
 * inventory of all other tables, so that missing rows are noticed.
 */
public final class SpoolRows {

    /** The name in {@code cursor} of what is no sink: the end of the queue. */
    static final String END = "";

    /** Selects what {@link #batch} reads. */
    public static final String SELECT_BATCH = selectBatch(SpoolSchema.VERSION);
    /** Selects what {@link #deadLetter} reads. */
    public static final String SELECT_DEAD_LETTER =
            "select sink, position, attempts, reason, died_at, checksum, content from dead_letter ";
    /** Selects what {@link #held} reads. */
    public static final String SELECT_HELD = "select sink, stream, position, checksum, content from held ";

    private static final String SINK_SEPARATOR = "\n";

    private SpoolRows() {}

    /** Returns what selects the same from a file of some version. */
    public static String selectBatch(int version) {
        return "select position, messages, bytes_before, received_at, checksum, content, "
                + (version == SpoolSchema.FIRST_VERSION ? "0" : "route") + " from batch ";
    }

    /** Of a row of {@link #SELECT_BATCH}. Empty if its checksum is not right. */
    public static Optional<StoredBatch> batch(ResultSet row) throws SQLException {
        byte[] content = row.getBytes(6);
        StoredBatch batch = new StoredBatch(
                row.getLong(1),
                row.getInt(2),
                row.getInt(7),
                row.getLong(3),
                row.getLong(4),
                content == null ? new byte[0] : content);
        return row.getLong(5) == checksum(batch) ? Optional.of(batch) : Optional.empty();
    }

    /** Of a row of {@link #SELECT_DEAD_LETTER}. Empty if its checksum is not right. */
    public static Optional<DeadLetter> deadLetter(String listener, ResultSet row) throws SQLException {
        String sink = row.getString(1);
        byte[] content = row.getBytes(7);
        String reason = row.getString(4);
        if (sink == null
                || content == null
                || reason == null
                || row.getLong(6) != checksum(sink, reason, row.getLong(2), row.getInt(3), row.getLong(5), content)) {
            return Optional.empty();
        }
        SpooledMessage message = BatchCodec.decode(listener, row.getLong(2), content);
        return Optional.of(new DeadLetter(sink, row.getLong(2), message, row.getInt(3), reason, row.getLong(5)));
    }

    /** Of a row of {@link #SELECT_HELD}. Empty if its checksum is not right. */
    public static Optional<SpooledMessage> held(String listener, ResultSet row) throws SQLException {
        byte[] content = row.getBytes(5);
        if (content == null
                || row.getLong(4) != checksum(row.getString(1), row.getString(2), row.getLong(3), 0, 0, content)) {
            return Optional.empty();
        }
        return Optional.of(BatchCodec.decode(listener, row.getLong(3), content));
    }

    /**
     * A row of {@code cursor}.
     *
     * @param bytes of the end; 0 for sinks
     */
    public record Cursor(String sink, long position, long bytes, long checksum) {

        /** Returns whether it stands for the end of the queue. */
        public boolean isEnd() {
            return sink.equals(END);
        }

        /** Of a sink's; that of the end covers more than its row. */
        public boolean isRight() {
            return checksum == SpoolRows.checksum(sink, position, bytes);
        }
    }

    /** Returns all rows of {@code cursor}, whether they are right or not. */
    public static List<Cursor> cursors(Connection connection) throws SQLException {
        return Sqlite.query(
                connection,
                "select sink, position, bytes, checksum from cursor",
                row -> new Cursor(String.valueOf(row.getString(1)), row.getLong(2), row.getLong(3), row.getLong(4)));
    }

    /** The sinks of each route whose checksum is right. */
    public static Map<Integer, Set<String>> routes(Connection connection) throws SQLException {
        Map<Integer, Set<String>> routes = new HashMap<>();
        Sqlite.each(connection, "select number, sinks, checksum from route", row -> {
            String sinks = String.valueOf(row.getString(2));
            if (row.getLong(3) == checksum(row.getInt(1), sinks)) {
                routes.put(row.getInt(1), Set.of(sinks.split(SINK_SEPARATOR)));
            }
        });
        return routes;
    }

    static String sinks(Set<String> sinks) {
        return String.join(SINK_SEPARATOR, sinks.stream().sorted().toList());
    }

    static long checksum(int route, String sinks) {
        return checksum(sinks, route, 0);
    }

    static long checksum(StoredBatch batch) {
        return checksum(
                batch.route() == 0 ? "" : Integer.toString(batch.route()),
                batch.position(),
                batch.messages(),
                batch.bytesBefore(),
                batch.receivedAt(),
                batch.content());
    }

    static long checksum(String sink, long position, long bytes) {
        return checksum(sink, position, bytes, 0, 0, new byte[0]);
    }

    static long checksum(String name, String text, long position, long attempts, long diedAt, byte[] content) {
        return checksum(name + '\n' + text, position, attempts, diedAt, 0, content);
    }

    /** Of the end: with it, nothing that the inventory names can be missing. */
    public static long checksum(SpoolContents contents) {
        return checksum(contents.inventory(), contents.end(), contents.version());
    }

    /** Of the end in the first version. */
    public static long checksum(String cursors, long end, long endBytes, Amount deadLetters) {
        return checksum(cursors, end, endBytes, deadLetters.messages(), deadLetters.bytes(), new byte[0]);
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
