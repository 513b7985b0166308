package dev.sluice.delivery.spool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads back what is no longer in memory, on a connection of its own, which it opens when it first needs it. */
final class SpoolReader implements Spool.Reader {

    private final SpoolConnections.Kept connection;
    private final String sink;
    private final long start;
    /** Of each route, the length of the content before the row that is read next. */
    private final Map<Integer, Long> nextBytes = new HashMap<>();

    /** Where the last read ended. */
    private long nextPosition = -1;

    SpoolReader(SpoolConnections connections, String sink, long start) {
        this.connection = connections.keep();
        this.sink = sink;
        this.start = start;
    }

    @Override
    public long start() {
        return start;
    }

    /**
     * What there is from the batch that holds the position, about so many bytes. Rows that the sink has nothing to do with may
     * have been deleted.
     *
     * @param contents what has become durable by now
     */
    Spool.Portion from(long position, long most, SpoolContents contents) {
        try {
            return connection.ask(open -> query(open, position, most, contents));
        } catch (SQLException ex) {
            close();
            throw new SpoolException("cannot be read: " + SpoolProblem.describe(ex), ex);
        }
    }

    private Spool.Portion query(Connection connection, long position, long most, SpoolContents contents)
            throws SQLException {
        List<StoredBatch> found = new ArrayList<>();
        long next = position;
        long size = 0;
        if (position != nextPosition) {
            nextBytes.clear(); // What lies between has come from memory.
        }
        try (PreparedStatement select = connection.prepareStatement(SpoolRows.SELECT_BATCH
                + "where position >= coalesce((select max(position) from batch where position <= ?), ?)"
                + " and position < ? order by position")) {
            select.setLong(1, position);
            select.setLong(2, position);
            select.setLong(3, contents.end());
            try (ResultSet row = select.executeQuery()) {
                while (size < most && row.next()) {
                    long at = row.getLong(1);
                    StoredBatch batch = SpoolRows.batch(row)
                            .orElseThrow(() -> new SpoolException("the row at " + at
                                    + " is damaged. Restart: what is damaged is set aside then, the rest is served"));
                    if (batch.end() <= position) {
                        continue;
                    }
                    checkNothingIsMissing(next, batch, contents);
                    found.add(batch);
                    size += batch.content().length;
                    next = batch.end();
                }
            }
        }
        if (size < most && next < contents.end()) {
            checkNothingIsMissing(next, contents);
            next = contents.end();
        }
        nextPosition = next;
        return new Spool.Portion(found, next);
    }
    /** A gap is right where only rows were that are not for the sink, of which the next one of each route tells. */
    private void checkNothingIsMissing(long next, StoredBatch batch, SpoolContents contents) {
        boolean ofSink = isOfSink(contents.routes().get(batch.route()));
        Long expected = ofSink ? nextBytes.put(batch.route(), batch.bytesBefore() + batch.content().length) : null;
        if (batch.position() > next && expected != null && batch.bytesBefore() > expected) {
            throw missing(next);
        }
    }

    /** Behind the last row that was found there is none that the sink waits for. */
    private void checkNothingIsMissing(long next, SpoolContents contents) {
        if (contents.routes().values().stream().anyMatch(route -> isOfSink(route) && route.end() > next)) {
            throw missing(next);
        }
    }

    private boolean isOfSink(@Nullable RouteContents route) {
        return route != null && route.sinks().contains(sink);
    }

    private static SpoolException missing(long position) {
        return new SpoolException("the row at " + position
                + " is missing. Restart: what is damaged is set aside then, the rest is served");
    }

    /** What is held of a stream of the sink, oldest first. */
    List<SpooledMessage> held(String listener, String stream, int most) {
        try {
            return connection.ask(open -> held(open, listener, stream, most));
        } catch (SQLException ex) {
            close();
            throw new SpoolException("cannot be read: " + SpoolProblem.describe(ex), ex);
        }
    }

    private List<SpooledMessage> held(Connection connection, String listener, String stream, int most)
            throws SQLException {
        List<SpooledMessage> held = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                SpoolRows.SELECT_HELD + "where sink = ? and stream = ? order by position limit ?")) {
            select.setString(1, sink);
            select.setString(2, stream);
            select.setInt(3, most);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long at = row.getLong(3);
                    held.add(SpoolRows.held(listener, row)
                            .orElseThrow(() -> new SpoolException("the held message at " + at
                                    + " is damaged. Restart: what is damaged is set aside then, the rest is served")));
                }
            }
        }
        return held;
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
