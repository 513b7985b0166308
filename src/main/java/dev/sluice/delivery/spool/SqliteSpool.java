package dev.sluice.delivery.spool;

import dev.sluice.delivery.spool.SpoolRequest.Appending;
import dev.sluice.message.Envelope;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The spool as a SQLite file.
 *
 * <p>Threads: {@link SpoolWriter} has the only thread that writes. Whoever appends encodes on his own thread and waits for it.
 * Each sink reads on its own thread, from memory as long as it keeps up, else on a connection of its own, which SQLite lets
 * read beside the writer.
 */
public final class SqliteSpool implements Spool {

    /** Of payload, in one look at dead letters. */
    private static final long MOST_LETTER_BYTES = 8 << 20;

    private static final long READ_BYTES = 1 << 20;
    /** What SQLite takes in one row, with some distance. */
    private static final int MOST_CONTENT = 900_000_000;

    private final String listener;
    private final Path file;
    private final SpoolConnections connections;
    private final Room room;
    private final RecentBatches recent;
    private final SpoolWriter writer;
    private final Map<String, Long> starts;
    private final List<Path> damaged;
    private final Held held;

    private SqliteSpool(
            String listener, Path file, DirectoryLock lock, SpoolFile open, SpoolContents contents, long capacity)
            throws SQLException {
        this.held = open.held(contents.first(), contents.end());
        this.listener = listener;
        this.file = file;
        this.connections = new SpoolConnections(file);
        this.room = new Room(capacity);
        this.room.release(-contents.bytes());
        this.recent = new RecentBatches(contents.end());
        this.writer = new SpoolWriter(
                listener,
                open,
                () -> SpoolFile.open(file),
                new SpoolPath(file, lock),
                connections,
                contents,
                room,
                recent);
        this.starts = contents.cursors();
        this.damaged = SpoolRecovery.damaged(file);
        writer.start();
    }

    /**
     * Opens the spool of a listener, making it if it is not there.
     *
     * @param lock of the directory where it lies
     * @param sinks that it feeds; one that it did not feed before gets what is appended from now on
     * @param capacity in bytes
     * @throws SpoolException if it cannot be opened
     */
    public static SqliteSpool open(DirectoryLock lock, String listener, Collection<String> sinks, long capacity) {
        Path file = lock.directory().resolve(listener + ".spool");
        try {
            SpoolContents found = new SpoolRecovery(listener, file, sinks).recover();
            SpoolFile open = SpoolFile.open(file);
            try {
                return new SqliteSpool(listener, file, lock, open, withSinks(found, sinks, open), capacity);
            } catch (SQLException | RuntimeException ex) {
                open.close();
                throw ex;
            }
        } catch (SQLException ex) {
            throw new SpoolException(file + ": " + SpoolProblem.describe(ex), ex);
        } catch (IOException ex) {
            throw new SpoolException(file + ": " + ex.getMessage() + ". Look whether the directory is writable", ex);
        }
    }

    private static SpoolContents withSinks(SpoolContents found, Collection<String> sinks, SpoolFile open)
            throws SQLException {
        Map<String, Long> cursors = new HashMap<>(found.cursors());
        for (String sink : sinks) {
            if (cursors.putIfAbsent(sink, found.end()) == null) {
                open.putCursor(sink, found.end());
            }
        }
        SpoolContents contents = new SpoolContents(
                found.end(),
                found.endBytes(),
                Map.copyOf(cursors),
                found.firstBytes(),
                found.deadLetters(),
                found.deadLetterBytes());
        open.putEnd(contents);
        open.commit();
        return contents;
    }

    @Override
    public CompletableFuture<Long> append(List<? extends Envelope> messages, boolean wait) {
        Appending done = new Appending();
        byte[] content = BatchCodec.encode(messages);
        try {
            if (content.length > MOST_CONTENT) {
                throw new SpoolFullException();
            }
            room.take(content.length, wait);
        } catch (SpoolException ex) {
            done.completeExceptionally(ex);
            return done;
        }
        writer.ask(new SpoolRequest.Append(
                content, messages.size(), messages.getFirst().receivedAt(), done));
        return done;
    }

    @Override
    public void withdraw(CompletableFuture<Long> append) {
        if (append instanceof Appending appending) {
            writer.withdraw(appending);
        }
    }

    @Override
    public void refuseHeld(boolean refuse) {
        room.refuseHeld(refuse);
        writer.refuseHeld(refuse);
    }

    @Override
    public Reader reader(String sink) {
        return new SpoolReader(connections, starts.getOrDefault(sink, 0L));
    }

    @Override
    public List<StoredBatch> read(Reader reader, long position, long timeoutMillis) throws InterruptedException {
        if (!recent.awaitBeyond(position, timeoutMillis)) {
            return List.of();
        }
        List<StoredBatch> batches = recent.from(position, READ_BYTES);
        return batches.isEmpty() ? ((SpoolReader) reader).from(position, READ_BYTES) : batches;
    }

    @Override
    public CompletableFuture<Void> acknowledge(String sink, long position, List<DeadLetter> deadLetters) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.Acknowledge(sink, position, List.copyOf(deadLetters), done));
        return done;
    }

    @Override
    public CompletableFuture<Void> forget(String sink) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.Forget(sink, done));
        return done;
    }

    @Override
    public List<DeadLetter> deadLetters(String sink, long from, int most) {
        return ask(connection -> deadLetters(connection, sink, from, most));
    }

    private List<DeadLetter> deadLetters(Connection connection, String sink, long from, int most) throws SQLException {
        List<DeadLetter> letters = new ArrayList<>();
        long bytes = 0;
        try (PreparedStatement select = connection.prepareStatement(
                SpoolFile.SELECT_DEAD_LETTER + "where sink = ? and position >= ? order by position")) {
            select.setString(1, sink);
            select.setLong(2, from);
            try (ResultSet row = select.executeQuery()) {
                while (letters.size() < most && bytes < MOST_LETTER_BYTES && row.next()) {
                    Optional<DeadLetter> letter = SpoolFile.deadLetter(listener, row);
                    letter.ifPresent(letters::add);
                    bytes += letter.map(found -> found.message().getPayload().length)
                            .orElse(0);
                }
            }
        }
        return letters;
    }

    @Override
    public Map<String, Long> deadLetterCounts() {
        return ask(connection -> {
            Map<String, Long> counts = new TreeMap<>();
            try (PreparedStatement select =
                            connection.prepareStatement("select sink, count(*) from dead_letter group by sink");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    counts.put(row.getString(1), row.getLong(2));
                }
            }
            return counts;
        });
    }

    private <T> T ask(SpoolConnections.Query<T> query) {
        try {
            return connections.once(query);
        } catch (SQLException ex) {
            throw new SpoolException(file + ": " + SpoolProblem.describe(ex), ex);
        }
    }

    @Override
    public CompletableFuture<Long> removeDeadLetters(List<DeadLetter> letters) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.RemoveDeadLetters(List.copyOf(letters), done));
        return done;
    }

    @Override
    public SpoolState state() {
        SpoolContents contents = writer.contents();
        return new SpoolState(
                contents.end(),
                contents.cursors(),
                room.used(),
                room.capacity(),
                contents.deadLetters(),
                writer.failure(),
                writer.heldSince(),
                damaged);
    }

    @Override
    public Held held() {
        return held;
    }

    @Override
    public Backlog backlog(long position) {
        SpoolContents contents = writer.contents();
        if (position >= contents.end()) {
            return Backlog.NONE;
        }
        return ask(connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("select bytes_before, received_at from batch where position <= ?"
                            + " order by position desc limit 1")) {
                select.setLong(1, position);
                try (ResultSet row = select.executeQuery()) {
                    return row.next()
                            ? new Backlog(
                                    contents.end() - position, contents.endBytes() - row.getLong(1), row.getLong(2))
                            : Backlog.NONE;
                }
            }
        });
    }

    @Override
    public void close() {
        room.close();
        writer.close();
    }
}
