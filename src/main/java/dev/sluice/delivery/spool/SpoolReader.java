package dev.sluice.delivery.spool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a spool has for one of its sinks: from memory as long as the sink keeps up, else from disk, on a connection of
 * its own, which it opens when it first needs it. Used by one thread. Throws a {@link SpoolException} if the disk
 * cannot be read.
 */
public final class SpoolReader implements AutoCloseable {

    private static final long READ_BYTES = 1 << 20;
    private static final String CURE = ". Restart: what is damaged is set aside then, the rest is served";

    private final String listener;
    private final String sink;
    private final SpoolConnections.Kept connection;
    private final RecentBatches recent;
    private final Supplier<SpoolContents> contents;
    private final long start;
    /** Says of each route that was met whether its messages are for the sink. */
    private final Map<Integer, Boolean> routes = new HashMap<>();
    /** Of each route, the length of the content before the row that is read next. */
    private final Map<Integer, Long> nextBytes = new HashMap<>();

    /** Where the last read ended. */
    private long nextPosition = -1;

    /**
     * @param contents what has become durable by now
     */
    SpoolReader(
            String listener,
            String sink,
            SpoolConnections connections,
            RecentBatches recent,
            Supplier<SpoolContents> contents) {
        this.listener = listener;
        this.sink = sink;
        this.connection = connections.keep();
        this.recent = recent;
        this.contents = contents;
        SpoolContents now = contents.get();
        this.start = now.cursors().getOrDefault(sink, now.end());
    }

    /** Returns the first message that the sink was not done with when the reader was made. */
    public long start() {
        return start;
    }

    /**
     * Part of the queue.
     *
     * @param end the position behind it, that of rows which are not there since they were for others
     */
    public record Portion(List<StoredBatch> batches, long end) {}

    /**
     * Returns what has been appended at a position and behind it, in order. Rows of other routes may be among it, or
     * missing.
     *
     * @param timeoutMillis how long to wait if there is nothing yet
     * @return of about a mebibyte; the position that was asked for, and no rows, if nothing came in time
     */
    public Portion read(long position, long timeoutMillis) throws InterruptedException {
        if (!recent.awaitBeyond(position, timeoutMillis)) {
            return new Portion(List.of(), position);
        }
        List<StoredBatch> batches = recent.from(position, READ_BYTES);
        return batches.isEmpty()
                ? ask(open -> query(open, position, contents.get()))
                : new Portion(batches, batches.getLast().end());
    }

    /** Returns the messages of a batch from a position on that are for the sink, made anew at each call. */
    public List<SpooledMessage> messages(StoredBatch batch, long from) {
        return batch.messages(listener, from, this::goesTo);
    }

    /** Returns whether messages of a route are for the sink. */
    boolean goesTo(int route) {
        Boolean known = routes.get(route);
        if (known == null) {
            RouteContents found = contents.get().routes().get(route);
            if (found == null) {
                return false;
            }
            known = found.sinks().contains(sink);
            routes.put(route, known);
        }
        return known;
    }

    /** Returns the first messages that are held of a stream, in order. */
    public List<SpooledMessage> held(String stream, int most) {
        return ask(open -> Sqlite.query(
                open,
                SpoolRows.SELECT_HELD + "where sink = ? and stream = ? order by position limit ?",
                row -> held(listener, row),
                sink,
                stream,
                most));
    }

    /** Returns the message of a row of {@link SpoolRows#SELECT_HELD}. */
    static SpooledMessage held(String listener, ResultSet row) throws SQLException {
        long position = row.getLong(3);
        return SpoolRows.held(listener, row)
                .orElseThrow(() -> new SpoolException("the held message at " + position + " is damaged" + CURE));
    }

    private <T> T ask(SpoolConnections.Query<T> query) {
        try {
            return connection.ask(query);
        } catch (SQLException ex) {
            close();
            throw new SpoolException("cannot be read: " + SpoolProblem.describe(ex), ex);
        }
    }

    private Portion query(Connection connection, long position, SpoolContents contents) throws SQLException {
        List<StoredBatch> found = new ArrayList<>();
        long next = position;
        long size = 0;
        if (position != nextPosition) {
            nextBytes.clear(); // What lies between has come from memory.
        }
        try (PreparedStatement select = connection.prepareStatement(SpoolRows.SELECT_BATCH
                + "where position >= coalesce((select max(position) from batch where position <= ?), ?)"
                + " and position < ? order by position")) {
            Sqlite.bind(select, position, position, contents.end());
            try (ResultSet row = select.executeQuery()) {
                while (size < READ_BYTES && row.next()) {
                    long at = row.getLong(1);
                    StoredBatch batch = SpoolRows.batch(row)
                            .orElseThrow(() -> new SpoolException("the row at " + at + " is damaged" + CURE));
                    if (batch.end() <= position) {
                        continue;
                    }
                    checkNothingIsMissing(next, batch);
                    found.add(batch);
                    size += batch.content().length;
                    next = batch.end();
                }
            }
        }
        if (size < READ_BYTES && next < contents.end()) {
            checkNothingIsMissing(next, contents);
            next = contents.end();
        }
        nextPosition = next;
        return new Portion(found, next);
    }

    /** A gap is right where only rows were that are not for the sink, of which the next one of each route tells. */
    private void checkNothingIsMissing(long next, StoredBatch batch) {
        Long expected = goesTo(batch.route())
                ? nextBytes.put(batch.route(), batch.bytesBefore() + batch.content().length)
                : null;
        if (batch.position() > next && expected != null && batch.bytesBefore() > expected) {
            throw missing(next);
        }
    }

    /** Behind the last row that was found there is none that the sink waits for. */
    private void checkNothingIsMissing(long next, SpoolContents contents) {
        if (contents.routes().values().stream().anyMatch(route -> route.sinks().contains(sink) && route.end() > next)) {
            throw missing(next);
        }
    }

    private static SpoolException missing(long position) {
        return new SpoolException("the row at " + position + " is missing" + CURE);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException ex) {
            throw new SpoolException("cannot be closed: " + SpoolProblem.describe(ex), ex);
        }
    }
}
