package dev.sluice.delivery.spool;

import dev.sluice.delivery.spool.SpoolRequest.Appending;
import dev.sluice.message.Envelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * The spool as a SQLite file.
 *
 * <p>Threads: {@link SpoolWriter} has the only thread that writes. Whoever appends encodes on his own thread and waits for it.
 * Each sink reads on its own thread, from memory as long as it keeps up, else on a connection of its own, which SQLite lets
 * read beside the writer.
 */
public final class SqliteSpool implements Spool {

    private static final String SUFFIX = ".spool";
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
    private final List<Path> damaged;
    private final Inherited inherited;
    private final Map<Integer, RouteContents> routes;
    private final int route;

    private SqliteSpool(
            String listener,
            Path file,
            DirectoryLock lock,
            SpoolFile open,
            SpoolOpening.Opened opened,
            Inherited inherited,
            long capacity) {
        SpoolContents contents = opened.contents();
        this.inherited = inherited;
        this.route = opened.route();
        this.listener = listener;
        this.file = file;
        this.connections = new SpoolConnections(file);
        this.room = new Room(capacity);
        this.room.release(-contents.bytes());
        this.recent = new RecentBatches(contents.end());
        SpoolDisk disk = new SpoolDisk(
                listener,
                open,
                () -> SpoolFile.open(file),
                new SpoolPath(file, lock),
                connections,
                contents,
                room,
                recent);
        this.writer = new SpoolWriter(listener, disk, room);
        this.routes = contents.routes();
        this.damaged = SpoolRecovery.damaged(file);
        writer.start();
    }

    /** The listeners of which there are spools. */
    public static List<String> names(Path directory) {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.isDirectory(directory) ? Files.list(directory) : Stream.empty()) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX) && name.length() > SUFFIX.length())
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .forEach(names::add);
        } catch (IOException ex) {
            throw new SpoolException(directory + ": " + ex.getMessage() + ". Look whether it is readable", ex);
        }
        return names;
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
        Path file = lock.directory().resolve(listener + SUFFIX);
        try {
            SpoolCheck.Found found = new SpoolRecovery(listener, file, sinks).recover();
            SpoolFile open = SpoolFile.open(file);
            try {
                SpoolOpening.Opened opened = new SpoolOpening(open, found, sinks).open();
                return new SqliteSpool(listener, file, lock, open, opened, found.inherited(), capacity);
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

    @Override
    public CompletableFuture<Long> append(List<? extends Envelope> messages, boolean wait, LongConsumer placed) {
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
                content, messages.size(), route, messages.getFirst().receivedAt(), placed, done));
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
        SpoolContents contents = writer.contents();
        return new SpoolReader(connections, sink, contents.cursors().getOrDefault(sink, contents.end()));
    }

    @Override
    public boolean goesTo(int number, String sink) {
        RouteContents known = routes.get(number);
        return known != null && known.sinks().contains(sink);
    }

    @Override
    public Portion read(Reader reader, long position, long timeoutMillis) throws InterruptedException {
        if (!recent.awaitBeyond(position, timeoutMillis)) {
            return new Portion(List.of(), position);
        }
        List<StoredBatch> batches = recent.from(position, READ_BYTES);
        return batches.isEmpty()
                ? ((SpoolReader) reader).from(position, READ_BYTES, writer.contents())
                : new Portion(batches, batches.getLast().end());
    }

    @Override
    public CompletableFuture<Void> acknowledge(
            String sink, long position, List<DeadLetter> deadLetters, List<SpooledMessage> held) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.Acknowledge(sink, position, List.copyOf(deadLetters), List.copyOf(held), done));
        return done;
    }

    @Override
    public List<HeldStream> heldStreams(String sink) {
        return ask(connection -> heldStreams(connection, sink));
    }

    private List<HeldStream> heldStreams(Connection connection, String sink) throws SQLException {
        List<HeldStream> streams = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select stream, count(*), sum(length(content)), min(position) from held where sink = ?"
                        + " group by stream order by 4")) {
            select.setString(1, sink);
            try (SpoolReader oldest = new SpoolReader(connections, sink, 0);
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String stream = row.getString(1);
                    List<SpooledMessage> first = oldest.held(listener, stream, 1);
                    streams.add(new HeldStream(
                            stream,
                            row.getLong(2),
                            row.getLong(3),
                            first.isEmpty() ? 0 : first.getFirst().receivedAt()));
                }
            }
        }
        return streams;
    }

    @Override
    public List<SpooledMessage> held(Reader reader, String stream, int most) {
        return ((SpoolReader) reader).held(listener, stream, most);
    }

    @Override
    public CompletableFuture<Void> letGo(String sink, List<SpooledMessage> held, List<DeadLetter> deadLetters) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.LetGo(sink, List.copyOf(held), List.copyOf(deadLetters), done));
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
                SpoolRows.SELECT_DEAD_LETTER + "where sink = ? and position >= ? order by position")) {
            select.setString(1, sink);
            select.setLong(2, from);
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

    @Override
    public Map<String, Long> deadLetterCounts() {
        Map<String, Long> counts = new TreeMap<>();
        writer.contents().deadLetters().forEach((sink, amount) -> counts.put(sink, amount.messages()));
        return counts;
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
        Instant heldSince = writer.heldSince();
        return new SpoolState(
                contents.end(),
                contents.cursors(),
                room.used(),
                room.capacity(),
                contents.deadLetters().values().stream()
                        .mapToLong(Amount::messages)
                        .sum(),
                contents.held(),
                writer.failure(),
                heldSince,
                heldSince == null ? "" : Fullness.cause(contents),
                damaged);
    }

    @Override
    public Inherited inherited() {
        return inherited;
    }

    @Override
    public Backlog backlog(String sink, long position) {
        return ask(connection -> backlog(connection, sink, position));
    }

    private Backlog backlog(Connection connection, String sink, long position) throws SQLException {
        Backlog backlog = Backlog.NONE;
        try (PreparedStatement select = connection.prepareStatement(
                "select bytes_before, received_at from batch where position >= coalesce((select max(position)"
                        + " from batch where position <= ?), ?) and position + messages > ? and route = ?"
                        + " order by position limit 1")) {
            for (Map.Entry<Integer, RouteContents> entry :
                    writer.contents().routes().entrySet()) {
                RouteContents queue = entry.getValue();
                if (!queue.sinks().contains(sink) || position >= queue.end()) {
                    continue;
                }
                select.setLong(1, position);
                select.setLong(2, position);
                select.setLong(3, position);
                select.setInt(4, entry.getKey());
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        backlog = backlog.plus(queue.bytes() - row.getLong(1), row.getLong(2));
                    }
                }
            }
        }
        return backlog;
    }

    @Override
    public void close() {
        room.close();
        writer.close();
    }
}
