package dev.sluice.delivery.spool.recovery;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.RouteContents;
import dev.sluice.delivery.spool.SpoolContents;
import dev.sluice.delivery.spool.SpoolFile;
import dev.sluice.delivery.spool.SpoolRows;
import dev.sluice.delivery.spool.SpoolSchema;
import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.delivery.spool.Sqlite;
import dev.sluice.delivery.spool.StoredBatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into a new file what is right of a damaged one. Its messages get positions beyond every one that there ever
 * was, since dead letters and held messages keep theirs.
 */
final class CarryOver {

    private static final Logger log = LoggerFactory.getLogger(CarryOver.class);

    /** What is beyond was never a position. */
    private static final long MOST_POSITION = Long.MAX_VALUE / 4;

    /** More than a row ever holds. */
    private static final long MOST_MESSAGES = 1 << 20;

    private static final long MOST_ROWS = 10_000_000;

    private final String listener;
    private final SpoolFile target;
    private final Map<String, Long> cursors = new HashMap<>();
    private final Map<String, Long> moved = new HashMap<>();
    private final Map<Integer, RouteContents> routes = new HashMap<>();
    private long last = -1;
    private boolean mixed;

    /**
     * @param sinks those that get everything that is left, where it is not known how far they were
     */
    CarryOver(String listener, SpoolFile target, Collection<String> sinks) {
        this.listener = listener;
        this.target = target;
        sinks.forEach(sink -> cursors.put(sink, 0L));
    }

    /**
     * @param positions of rows that may be there
     * @return how many messages of the queue are
     */
    long carryOver(Connection connection, SortedSet<Long> positions) throws SQLException {
        readCursorsAndRoutes(connection);
        carryOverDeadLetters(connection);
        carryOverHeld(connection);
        SortedSet<Long> possible = positions.headSet(MOST_POSITION);
        long start = Math.max(
                Math.max(possible.isEmpty() ? 0 : possible.last(), last) + MOST_MESSAGES,
                cursors.values().stream().mapToLong(Long::longValue).max().orElse(0));
        cursors.keySet().forEach(sink -> moved.put(sink, start));
        long end = carryOverBatches(connection, possible, start);
        for (Map.Entry<String, Long> cursor : moved.entrySet()) {
            target.putCursor(cursor.getKey(), cursor.getValue());
        }
        target.putEnd(target.recounted(new SpoolContents(end, Set.of(), moved, advanced(), Map.of(), Map.of(), mixed)));
        return end - start;
    }

    private void readCursorsAndRoutes(Connection connection) throws SQLException {
        try {
            for (SpoolRows.Cursor cursor : SpoolRows.cursors(connection)) {
                if (!cursor.isEnd() && cursor.isRight()) {
                    cursors.put(cursor.sink(), cursor.position());
                }
            }
            for (Map.Entry<Integer, Set<String>> route :
                    SpoolRows.routes(connection).entrySet()) {
                add(route.getKey(), route.getValue());
            }
        } catch (SQLException ex) {
            log.debug("Not all cursors and routes can be read", ex);
        }
    }

    private void add(int number, Set<String> sinks) throws SQLException {
        routes.put(number, RouteContents.empty(sinks));
        target.putRoute(number, sinks);
    }

    private void carryOverDeadLetters(Connection connection) {
        each(connection, SpoolRows.SELECT_DEAD_LETTER, "order by sink %1$s, position %1$s", row -> {
            Optional<DeadLetter> letter = SpoolRows.deadLetter(listener, row);
            if (letter.isPresent()) {
                target.remove(letter.get());
                target.insert(letter.get());
                last = Math.max(last, letter.get().position());
            }
        });
    }

    private void carryOverHeld(Connection connection) {
        each(connection, SpoolRows.SELECT_HELD, "order by sink %1$s, stream %1$s, position %1$s", row -> {
            Optional<SpooledMessage> message = SpoolRows.held(listener, row);
            if (message.isPresent()) {
                target.hold(row.getString(1), message.get());
                cursors.putIfAbsent(row.getString(1), 0L);
                last = Math.max(last, message.get().position());
            }
        });
    }

    /** Goes through rows from both ends, up to where they cannot be read. May come upon one twice. */
    private void each(Connection connection, String select, String order, Sqlite.Use<RuntimeException> use) {
        for (String direction : List.of("", "desc")) {
            try {
                // A page that points back at itself has no end.
                Sqlite.each(connection, select + order.formatted(direction) + " limit " + MOST_ROWS, use);
                return;
            } catch (SQLException ex) {
                log.debug("Listener '{}': not all can be read: {}", listener, select, ex);
            }
        }
    }

    private long carryOverBatches(Connection connection, SortedSet<Long> positions, long start) throws SQLException {
        long end = start;
        String select = SpoolRows.selectBatch(version(connection)) + "where position = ?";
        for (long position : positions) {
            for (StoredBatch batch : batch(connection, select, position)) {
                carryOver(batch, end);
                end += batch.messages();
            }
        }
        return end;
    }

    private static int version(Connection connection) {
        try {
            return SpoolSchema.version(connection);
        } catch (SQLException ex) {
            log.debug("The version cannot be read", ex);
            return SpoolSchema.VERSION;
        }
    }

    /** None if it is not there, or not what was written. */
    private List<StoredBatch> batch(Connection connection, String select, long position) {
        try {
            return Sqlite.query(connection, select, SpoolRows::batch, position).stream()
                    .flatMap(Optional::stream)
                    .toList();
        } catch (SQLException ex) {
            log.debug("Listener '{}': the row at {} cannot be read", listener, position, ex);
            return List.of();
        }
    }

    private void carryOver(StoredBatch batch, long position) throws SQLException {
        int number = Math.max(1, batch.route());
        if (!routes.containsKey(number) && !cursors.isEmpty()) {
            // Rather too many than none.
            add(number, cursors.keySet());
        }
        RouteContents route = routes.get(number);
        if (route == null) {
            return;
        }
        for (SpooledMessage message : batch.messages(listener, batch.position(), own -> true)) {
            if (message.route() != batch.route()) {
                mixed = true;
                if (!routes.containsKey(message.route())) {
                    add(message.route(), route.sinks());
                }
            }
        }
        StoredBatch carried = batch.on(number, position, route.bytes());
        target.insert(carried);
        routes.put(number, route.with(carried));
        for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
            long done = Math.clamp(cursor.getValue() - batch.position(), 0, batch.messages());
            if (done > 0) {
                moved.put(cursor.getKey(), position + done);
            }
        }
    }

    /** The routes with what their sinks are done with. */
    private Map<Integer, RouteContents> advanced() throws SQLException {
        Map<Integer, RouteContents> advanced = new HashMap<>();
        for (Map.Entry<Integer, RouteContents> entry : routes.entrySet()) {
            RouteContents route = entry.getValue();
            RouteContents.Done done = target.done(entry.getKey(), route, route.first(moved), 0);
            advanced.put(entry.getKey(), route.with(done, done));
        }
        return advanced;
    }
}
