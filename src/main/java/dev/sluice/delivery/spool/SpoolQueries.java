package dev.sluice.delivery.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a spool now and then, each time on a connection of its own. Safe for use by any thread. Every query
 * throws a {@link SpoolException} if the disk cannot be read.
 */
public final class SpoolQueries {

    /** One look at dead letters returns no more bytes of payload. */
    private static final long MOST_LETTER_BYTES = 8 << 20;

    private static final String AT_POSITIONS = " and position in (select value from json_each(?))";

    private final String listener;
    private final Path file;
    private final SpoolConnections connections;
    private final Supplier<SpoolContents> contents;

    SpoolQueries(String listener, Path file, SpoolConnections connections, Supplier<SpoolContents> contents) {
        this.listener = listener;
        this.file = file;
        this.connections = connections;
        this.contents = contents;
    }

    /**
     * A stream of which messages are held.
     *
     * @param oldestAt when the first of them was received, in milliseconds since the epoch
     */
    public record HeldStream(String stream, long messages, long oldestAt) {}

    /** Returns the streams of a sink of which messages are held, that with the oldest first. */
    public List<HeldStream> heldStreams(String sink) {
        // SQLite takes the other columns from the row of the min.
        return ask(connection -> Sqlite.query(
                connection,
                "select sink, stream, min(position), checksum, content, count(*) from held"
                        + " where sink = ? group by stream order by 3",
                row -> new HeldStream(
                        row.getString(2),
                        row.getLong(6),
                        SpoolReader.held(listener, row).receivedAt()),
                sink));
    }

    /**
     * What waits.
     *
     * @param bytes of content, counted from the beginning of the batch that holds the first
     * @param oldestAt when that batch was received, in milliseconds since the epoch; 0 if nothing waits
     */
    public record Backlog(long bytes, long oldestAt) {

        private Backlog plus(Backlog other) {
            return new Backlog(
                    bytes + other.bytes, oldestAt == 0 ? other.oldestAt : Math.min(oldestAt, other.oldestAt));
        }
    }

    /** Returns what waits for a sink behind a position, but for what is held. */
    public Backlog backlog(String sink, long position) {
        return ask(connection -> {
            Backlog backlog = new Backlog(0, 0);
            for (Map.Entry<Integer, RouteContents> entry :
                    contents.get().routes().entrySet()) {
                RouteContents route = entry.getValue();
                if (route.sinks().contains(sink) && position < route.end()) {
                    List<Backlog> first = Sqlite.query(
                            connection,
                            "select bytes_before, received_at from batch where position >= coalesce((select"
                                    + " max(position) from batch where position <= ?), ?) and position + messages > ?"
                                    + " and route = ? order by position limit 1",
                            row -> new Backlog(route.bytes() - row.getLong(1), row.getLong(2)),
                            position,
                            position,
                            position,
                            entry.getKey());
                    backlog = first.isEmpty() ? backlog : backlog.plus(first.getFirst());
                }
            }
            return backlog;
        });
    }

    /**
     * Returns the dead letters of a sink at a position and behind it, oldest first; fewer than there are if they are
     * large.
     *
     * @param most how many at the most
     * @return empty only if there are no more
     */
    public List<DeadLetter> deadLetters(String sink, long from, int most) {
        return ask(connection ->
                letters(connection, "where sink = ? and position >= ? order by position", most, sink, from));
    }

    private List<DeadLetter> letters(Connection connection, String which, int most, Object... values)
            throws SQLException {
        List<DeadLetter> letters = new ArrayList<>();
        long bytes = 0;
        try (PreparedStatement select = connection.prepareStatement(SpoolRows.SELECT_DEAD_LETTER + which)) {
            Sqlite.bind(select, values);
            try (ResultSet row = select.executeQuery()) {
                while (letters.size() < most && bytes < MOST_LETTER_BYTES && row.next()) {
                    Optional<DeadLetter> letter = SpoolRows.deadLetter(listener, row);
                    letter.ifPresent(letters::add);
                    bytes += letter.map(found -> found.message().getPayload().length)
                            .orElse(0);
                }
            }
        }
        return letters;
    }

    /** Returns those of the positions at which there is a dead letter of a sink. */
    public NavigableSet<Long> deadLettersAt(String sink, Collection<Long> positions) {
        return ask(connection -> new TreeSet<>(Sqlite.query(
                connection,
                "select position from dead_letter where sink = ?" + AT_POSITIONS,
                row -> row.getLong(1),
                sink,
                array(positions))));
    }

    /**
     * Returns the dead letters of a sink at these positions, oldest first; fewer than there are if they are large.
     *
     * @param most how many at the most
     * @return empty only if there is none
     */
    public List<DeadLetter> deadLetters(String sink, Collection<Long> positions, int most) {
        return ask(connection -> letters(
                connection, "where sink = ?" + AT_POSITIONS + " order by position", most, sink, array(positions)));
    }

    private static String array(Collection<Long> positions) {
        return positions.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }

    /**
     * Returns what is made of each dead letter on a page; of these one is in memory at a time.
     *
     * @param sink of this one only; null for all
     */
    public <T> List<T> deadLetters(
            @Nullable String sink,
            LetterOrder order,
            boolean descending,
            int offset,
            int limit,
            Function<DeadLetter, T> shown) {
        String sorted = order.sql(descending);
        return ask(connection -> {
            List<T> page = new ArrayList<>();
            Sqlite.each(
                    connection,
                    // The keys first, or the contents of all letters would be sorted.
                    SpoolRows.SELECT_DEAD_LETTER
                            + "where (sink, position) in (select sink, position from dead_letter"
                            + " where ?1 is null or sink = ?1" + sorted + " limit ?2 offset ?3)" + sorted,
                    row -> SpoolRows.deadLetter(listener, row).map(shown).ifPresent(page::add),
                    sink,
                    limit,
                    offset);
            return page;
        });
    }

    private <T> T ask(SpoolConnections.Query<T> query) {
        try {
            return connections.once(query);
        } catch (SQLException ex) {
            throw new SpoolException(file + ": " + SpoolProblem.describe(ex), ex);
        }
    }
}
