package dev.sluice.delivery.spool.recovery;

import dev.sluice.delivery.spool.Amount;
import dev.sluice.delivery.spool.RouteContents;
import dev.sluice.delivery.spool.SpoolContents;
import dev.sluice.delivery.spool.SpoolFile;
import dev.sluice.delivery.spool.SpoolRows;
import dev.sluice.delivery.spool.SpoolSchema;
import dev.sluice.delivery.spool.Sqlite;
import dev.sluice.delivery.spool.StoredBatch;
import dev.sluice.delivery.spool.recovery.SpoolCheck.DamageException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Carries a spool of version 1 over into a file of today's. There all messages went to all sinks, so that one route
 * stands for them. Nothing of the old file is changed.
 */
final class FirstVersion {

    private static final int ROUTE = 1;

    private final Connection connection;
    private final String listener;
    private final SpoolFile target;
    private final Map<String, Long> cursors = new HashMap<>();
    private long end;
    private long endBytes;
    private Amount letters = Amount.NONE;
    private long checksum = SpoolRows.checksum(Map.of().toString(), 0, 0, Amount.NONE);
    private RouteContents route = RouteContents.empty(cursors.keySet());

    private FirstVersion(Connection connection, String listener, SpoolFile target) {
        this.connection = connection;
        this.listener = listener;
        this.target = target;
    }

    /**
     * @param target is made
     * @throws DamageException if anything is missing or has changed
     */
    static void carryOver(Path file, String listener, Path target) throws SQLException, DamageException {
        try (Connection connection = Sqlite.connect(file, false);
                SpoolFile made = SpoolFile.open(target)) {
            SpoolCheck.checkPages(connection);
            new FirstVersion(connection, listener, made).carryOver();
            made.commit();
            made.checkpoint();
        }
    }

    private void carryOver() throws SQLException, DamageException {
        readCursors();
        if (!cursors.isEmpty()) {
            target.putRoute(ROUTE, cursors.keySet());
        }
        for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
            target.putCursor(cursor.getKey(), cursor.getValue());
        }
        readBatches();
        readDeadLetters();
        String sinks = new TreeMap<>(cursors).toString();
        if (checksum != SpoolRows.checksum(sinks, end, endBytes, letters)) {
            throw new DamageException("a cursor or a dead letter is missing");
        }
        Map<Integer, RouteContents> routes = cursors.isEmpty() ? Map.of() : Map.of(ROUTE, route);
        target.putEnd(
                target.recounted(new SpoolContents(end, cursors.keySet(), cursors, routes, Map.of(), Map.of(), false)));
    }

    private void readCursors() throws SQLException, DamageException {
        SpoolCheck.readCursors(connection, cursors).ifPresent(last -> {
            end = last.position();
            endBytes = last.bytes();
            checksum = last.checksum();
        });
        route = RouteContents.empty(cursors.keySet());
    }

    private void readBatches() throws SQLException, DamageException {
        long first = cursors.values().stream().mapToLong(Long::longValue).min().orElse(end);
        long expected = -1;
        long expectedBytes = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        SpoolRows.selectBatch(SpoolSchema.FIRST_VERSION) + "order by position")) {
            while (row.next()) {
                StoredBatch batch =
                        SpoolRows.batch(row).orElseThrow(() -> new DamageException("a row of messages has changed"));
                if (expected < 0
                        ? batch.position() > first
                        : batch.position() != expected || batch.bytesBefore() != expectedBytes) {
                    throw new DamageException("rows of messages are missing");
                }
                expected = batch.end();
                expectedBytes = batch.bytesBefore() + batch.content().length;
                if (batch.end() > first) {
                    StoredBatch carried = batch.on(ROUTE, batch.position(), route.bytes());
                    target.insert(carried);
                    route = route.with(carried);
                }
            }
        }
        if (expected < 0 ? first != end : expected != end || expectedBytes != endBytes) {
            throw new DamageException("the last rows of messages are missing");
        }
    }

    private void readDeadLetters() throws SQLException, DamageException {
        Sqlite.each(connection, SpoolRows.SELECT_DEAD_LETTER, row -> {
            target.insert(SpoolRows.deadLetter(listener, row)
                    .orElseThrow(() -> new DamageException("a dead letter has changed")));
            letters = letters.plus(1, row.getBytes(7).length);
        });
    }
}
