package dev.sluice.delivery.spool.recovery;

import dev.sluice.delivery.spool.Amount;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Inheritance;
import dev.sluice.delivery.spool.RouteContents;
import dev.sluice.delivery.spool.RouteContents.Done;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolContents;
import dev.sluice.delivery.spool.SpoolRows;
import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.delivery.spool.Sqlite;
import dev.sluice.delivery.spool.StoredBatch;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Reads a spool from end to end, so that nothing of it is served that was not written so. */
final class SpoolCheck {

    private static final Pattern UNREAD =
            Pattern.compile("unable to get the page\\. error code=(\\d+)|failed to get page");

    private final Connection connection;
    private final String listener;
    private final Map<String, Long> cursors = new HashMap<>();
    private final Map<String, Amount> deadLetters = new HashMap<>();
    private final Map<String, Amount> held = new HashMap<>();
    private final Map<Integer, RouteContents> routes = new HashMap<>();
    private final Inheritance inheritance;
    private long end;
    private long checksum = SpoolRows.checksum(SpoolContents.EMPTY);

    private SpoolCheck(Connection connection, String listener, Collection<String> sinks) {
        this.connection = connection;
        this.listener = listener;
        this.inheritance = new Inheritance(sinks);
    }

    /** Something in the file is not what was written. */
    static final class DamageException extends Exception {

        private static final long serialVersionUID = 1L;

        DamageException(String message) {
            super(message);
        }
    }

    /**
     * @param sinks that the listener names
     * @throws DamageException if anything is missing or has changed
     * @throws SQLException if it cannot be read
     */
    static Spool.Found contents(Path file, String listener, Collection<String> sinks)
            throws SQLException, DamageException {
        try (Connection connection = Sqlite.connect(file, false)) {
            checkPages(connection);
            return new SpoolCheck(connection, listener, sinks).contents();
        }
    }

    /** What SQLite itself can tell, also of what is not read now but will be written upon. */
    static void checkPages(Connection connection) throws SQLException, DamageException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma quick_check(1)")) {
            String answer = row.next() ? row.getString(1) : "no answer";
            Matcher unread = UNREAD.matcher(String.valueOf(answer));
            if (unread.find()) {
                // Whether the page is damaged nobody knows then; the error may well pass.
                String code = unread.group(1);
                throw new SQLiteException(
                        answer,
                        code == null
                                ? SQLiteErrorCode.SQLITE_IOERR
                                : SQLiteErrorCode.getErrorCode(Integer.parseInt(code)));
            }
            if (!"ok".equals(answer)) {
                throw new DamageException(String.valueOf(answer).replaceAll("\\s*\\R\\s*", " "));
            }
        }
    }

    private Spool.Found contents() throws SQLException, DamageException {
        readCursors();
        SpoolRows.routes(connection).forEach((number, sinks) -> routes.put(number, RouteContents.empty(sinks)));
        readBatches();
        readHeld();
        readDeadLetters();
        SpoolContents plain = new SpoolContents(
                end,
                Set.copyOf(cursors.keySet()),
                Map.copyOf(cursors),
                Map.copyOf(routes),
                Map.copyOf(deadLetters),
                Map.copyOf(held),
                false);
        SpoolContents contents = checksum == SpoolRows.checksum(plain) ? plain : plain.with(true);
        if (checksum != SpoolRows.checksum(contents)) {
            throw new DamageException("rows of messages, a cursor, a route or a dead letter are missing");
        }
        return new Spool.Found(contents, inheritance);
    }

    /**
     * Reads how far each sink is.
     *
     * @param cursors are added to
     * @return the end of the queue; empty if none was ever noted
     */
    static Optional<SpoolRows.Cursor> readCursors(Connection connection, Map<String, Long> cursors)
            throws SQLException, DamageException {
        Optional<SpoolRows.Cursor> end = Optional.empty();
        for (SpoolRows.Cursor cursor : SpoolRows.cursors(connection)) {
            if (cursor.isEnd()) {
                end = Optional.of(cursor);
            } else if (cursor.isRight()) {
                cursors.put(cursor.sink(), cursor.position());
            } else {
                throw new DamageException("a cursor has changed");
            }
        }
        return end;
    }

    private void readCursors() throws SQLException, DamageException {
        readCursors(connection, cursors).ifPresent(last -> {
            end = last.position();
            checksum = last.checksum();
        });
        if (cursors.values().stream().anyMatch(cursor -> cursor > end)) {
            throw new DamageException("a cursor is beyond the end");
        }
    }

    /** Of each route its rows follow one another, though not without rows of others between them. */
    private void readBatches() throws SQLException, DamageException {
        long expected = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SpoolRows.SELECT_BATCH + "order by position")) {
            while (row.next()) {
                StoredBatch batch =
                        SpoolRows.batch(row).orElseThrow(() -> new DamageException("a row of messages has changed"));
                RouteContents route = routes.get(batch.route());
                if (route == null || batch.position() < expected || batch.end() > end) {
                    throw new DamageException("rows of messages are not where they were");
                }
                expected = batch.end();
                add(batch, route);
            }
        }
    }

    private void add(StoredBatch batch, RouteContents before) throws DamageException {
        RouteContents route = before;
        if (route.end() == 0) {
            long bytes = batch.bytesBefore();
            route = new RouteContents(route.sinks(), batch.position(), 0, bytes, bytes, bytes);
        } else if (route.bytes() != batch.bytesBefore()) {
            throw new DamageException("rows of messages are missing");
        }
        route = route.with(batch);
        long first = route.first(cursors);
        routes.put(
                batch.route(),
                batch.end() > first
                        ? route
                        : route.with(new Done(route.bytes(), route.end()), new Done(route.bytes(), 0)));
        if (routes.size() == 1) {
            inheritance.queued(batch.route(), route.sinks(), batch.position(), batch.end(), cursors);
        } else if (batch.end() > first) {
            inherit(batch.route(), batch.messages(listener, first, number -> true));
        }
    }

    /** Those that follow one another and take the same route at once. */
    private void inherit(int row, List<SpooledMessage> messages) {
        int from = 0;
        for (int i = 1; i <= messages.size(); i++) {
            SpooledMessage first = messages.get(from);
            int route = first.route();
            if (i == messages.size() || messages.get(i).route() != route) {
                inheritance.row(row, route);
                inheritance.queued(
                        route,
                        sinks(route),
                        first.position(),
                        messages.get(i - 1).position() + 1,
                        cursors);
                from = i;
            }
        }
    }

    /** Of a message whose route is not known, all that there are. */
    private Set<String> sinks(int route) {
        RouteContents known = routes.get(route);
        return known == null ? cursors.keySet() : known.sinks();
    }

    private void readHeld() throws SQLException, DamageException {
        Sqlite.each(connection, SpoolRows.SELECT_HELD, row -> {
            SpooledMessage message =
                    SpoolRows.held(listener, row).orElseThrow(() -> new DamageException("a held message has changed"));
            add(held, row.getString(1), row.getBytes(5).length);
            inheritance.held(message.route(), sinks(message.route()), message.position(), cursors);
        });
    }

    private void readDeadLetters() throws SQLException, DamageException {
        try (PreparedStatement other =
                connection.prepareStatement("select 1 from dead_letter where sink = ? and position = ?")) {
            Sqlite.each(connection, SpoolRows.SELECT_DEAD_LETTER + "order by sink, position", row -> {
                DeadLetter letter = SpoolRows.deadLetter(listener, row)
                        .orElseThrow(() -> new DamageException("a dead letter has changed"));
                boolean again = isOfAnother(letter, other);
                add(deadLetters, letter.sink(), row.getBytes(7).length);
                int route = letter.message() instanceof SpooledMessage message ? message.route() : 0;
                inheritance.dead(route, sinks(route), letter.position(), again, cursors);
            });
        }
    }

    /** Whether the same message is a dead letter of another sink, read before. */
    private boolean isOfAnother(DeadLetter letter, PreparedStatement other) throws SQLException {
        for (String sink : deadLetters.keySet()) {
            if (!sink.equals(letter.sink())) {
                Sqlite.bind(other, sink, letter.position());
                try (ResultSet row = other.executeQuery()) {
                    if (row.next()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static void add(Map<String, Amount> amounts, String sink, long bytes) {
        amounts.put(sink, amounts.getOrDefault(sink, Amount.NONE).plus(1, bytes));
    }
}
