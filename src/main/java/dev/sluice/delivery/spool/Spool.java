package dev.sluice.delivery.spool;

import dev.sluice.delivery.spool.SpoolRequest.Appending;
import dev.sluice.message.Envelope;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable queue of one listener: messages are appended by all its connections, and read by each of its sinks at its
 * own pace. Safe for use by any thread.
 *
 * <p>A position counts all messages that were ever appended: the first message is at 0, and the end is how many there
 * were.
 *
 * <p>Threads: {@link SpoolWriter} has the only thread that writes. Whoever appends encodes on his own thread and waits
 * for it. Each sink reads on its own thread, from memory as long as it keeps up, else on a connection of its own, which
 * SQLite lets read beside the writer.
 */
public final class Spool implements AutoCloseable {

    /** What SQLite takes in one row, with some distance. */
    private static final int MOST_CONTENT = 900_000_000;

    private final String listener;
    private final SpoolConnections connections;
    private final Room room;
    private final RecentBatches recent;
    private final SpoolWriter writer;
    private final SpoolQueries queries;
    private final List<Path> damaged;
    private final Inherited inherited;
    private final RouteTable routes;
    private final DeclaredSinks declared;
    /** Where the queue ended at the opening. */
    private final long start;

    private Spool(
            String listener,
            Path file,
            DirectoryLock lock,
            SpoolFile open,
            SpoolOpening.Opened opened,
            Inherited inherited,
            long capacity) {
        SpoolContents contents = opened.contents();
        this.inherited = inherited;
        this.start = contents.end();
        this.routes = opened.routes();
        this.listener = listener;
        this.connections = new SpoolConnections(file);
        this.room = new Room(capacity);
        this.room.release(-contents.bytes());
        this.recent = new RecentBatches(contents.end());
        SpoolHandle handle = new SpoolHandle(listener, open, new SpoolPath(file, lock), connections);
        SpoolDisk disk = new SpoolDisk(listener, handle, contents, room, recent);
        this.writer = new SpoolWriter(listener, disk, room);
        this.declared = new DeclaredSinks(listener, writer, routes, start);
        this.queries = new SpoolQueries(listener, file, connections, writer::contents);
        this.damaged = SetAside.of(file);
        writer.start();
    }

    /**
     * What is in the file of a spool.
     *
     * @param inheritance the same, as the sinks see it
     */
    public record Found(SpoolContents contents, Inheritance inheritance) {

        Inherited inherited() {
            return inheritance.of(contents);
        }
    }

    /**
     * Opens a spool of whose file it is known that it is whole.
     *
     * @param lock of the directory where it lies
     * @param sinks that it feeds; one that it did not feed before gets what is appended from now on
     * @param own those of them that get messages whose rule names none
     * @param capacity in bytes
     */
    public static Spool open(
            DirectoryLock lock,
            String listener,
            Collection<String> sinks,
            Collection<String> own,
            Found found,
            long capacity)
            throws SQLException {
        Path file = SpoolFiles.of(lock.directory(), listener);
        SpoolFile open = SpoolFile.open(file);
        try {
            SpoolOpening.Opened opened = new SpoolOpening(open, found, sinks, own).open();
            return new Spool(listener, file, lock, open, opened, found.inherited(), capacity);
        } catch (SQLException | RuntimeException ex) {
            open.close();
            throw ex;
        }
    }

    /** Returns the sinks that get messages whose rule names none. */
    public Set<String> own() {
        return routes.own();
    }

    /** Returns where the queue ended when the spool was opened. */
    public long start() {
        return start;
    }

    /**
     * Makes sure that what comes can go to other sinks, see {@link #route(Set, Set)}. What waits for one that is not
     * named any more goes on waiting.
     *
     * @param sinks that the listener and its rules name
     * @param own those of them that get messages whose rule names none
     * @throws SpoolException if that cannot be written within ten seconds; all is as before then
     */
    public void declare(Set<String> sinks, Set<String> own) {
        declared.declare(sinks, own);
    }

    /** Has what comes from now on go to these sinks, which have been {@linkplain #declare declared}. */
    public void route(Set<String> sinks, Set<String> own) {
        routes.change(sinks, own);
    }

    /** Changes how many bytes it may hold; what it holds already stays, though that may be more. */
    public void setCapacity(long bytes) {
        room.setCapacity(bytes);
    }

    /** Returns which way messages go that are to be appended together; null if some of them go nowhere. */
    public @Nullable Routing route(List<? extends Envelope> messages) {
        return routes.of(messages);
    }

    /** Appends messages that came together. */
    public CompletableFuture<Long> append(List<? extends Envelope> messages, boolean wait) {
        return append(messages, Objects.requireNonNull(route(messages), "they go nowhere"), wait, position -> {});
    }

    /**
     * Appends messages that came together.
     *
     * @param messages at least one
     * @param routing which way they go
     * @param wait whether to wait for room if the spool is full
     * @param placed is told the position of the first of them before any reader can come upon them; by the writer's
     *     thread
     * @return completes with the position of the first of them once all are durable, that is, once their commit has
     *     been forced to disk. It fails with a {@link SpoolFullException}, or a {@link SpoolClosedException} if the
     *     spool was closed or {@link #refuseHeld} before, or a {@link SpoolWithdrawnException} if the thread is
     *     interrupted while it waits for room; then they are not, and will never be, in the spool. While the disk
     *     cannot be written it does not complete
     */
    public CompletableFuture<Long> append(
            List<? extends Envelope> messages, Routing routing, boolean wait, LongConsumer placed) {
        Appending done = new Appending();
        byte[] content = BatchCodec.encode(messages, routing);
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
                content, messages.size(), routing, messages.getFirst().receivedAt(), placed, done));
        return done;
    }

    /**
     * Has an append fail with a {@link SpoolWithdrawnException} unless it is being made durable; by then at the latest
     * it completes.
     *
     * @param append what {@link #append} has returned
     */
    public void withdraw(CompletableFuture<Long> append) {
        if (append instanceof Appending appending) {
            writer.withdraw(appending);
        }
    }

    /**
     * Says whether appends that would have to wait, for room or for a disk that cannot be written, fail instead; also
     * those that wait already.
     */
    public void refuseHeld(boolean refuse) {
        room.refuseHeld(refuse);
        writer.refuseHeld(refuse);
    }

    /** Makes the reader of a sink. */
    public SpoolReader reader(String sink) {
        return new SpoolReader(listener, sink, connections, recent, writer::contents);
    }

    /**
     * Notes that a sink is done with everything before a position, having put the dead letters aside, and others too,
     * which it gets when those before them in their stream have been taken.
     *
     * @return completes once that is durable; a crash before means that the sink gets these messages again
     */
    public CompletableFuture<Void> acknowledge(
            String sink, long position, List<DeadLetter> deadLetters, List<SpooledMessage> held) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.Acknowledge(sink, position, List.copyOf(deadLetters), List.copyOf(held), done));
        return done;
    }

    /**
     * Notes that a sink is done with messages that were held, of which some are dead letters now.
     *
     * @return completes once that is durable
     */
    public CompletableFuture<Void> letGo(String sink, List<SpooledMessage> held, List<DeadLetter> deadLetters) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.LetGo(sink, List.copyOf(held), List.copyOf(deadLetters), done));
        return done;
    }

    /**
     * Lets go of what waits for a sink, or is held for it, and of its place.
     *
     * @return completes once that is durable
     */
    public CompletableFuture<Void> forget(String sink) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.Forget(sink, done));
        return done;
    }

    /**
     * Takes dead letters out of the spool.
     *
     * @return completes, once they are gone for good, with how many of them were still there
     */
    public CompletableFuture<Long> removeDeadLetters(List<DeadLetter> letters) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.RemoveDeadLetters(List.copyOf(letters), done));
        return done;
    }

    /** Returns what is asked now and then, and reads the disk each time. */
    public SpoolQueries queries() {
        return queries;
    }

    /** Returns how many dead letters there are of each sink that has any. */
    public Map<String, Long> deadLetterCounts() {
        Map<String, Long> counts = new TreeMap<>();
        writer.contents().deadLetters().forEach((sink, amount) -> counts.put(sink, amount.messages()));
        return counts;
    }

    /** Returns how it is at this moment. */
    public SpoolState state() {
        SpoolContents contents = writer.contents();
        Instant heldSince = writer.heldSince();
        return new SpoolState(
                contents.end(),
                contents.cursors(),
                room.used(),
                room.capacity(),
                contents.deadLettered(),
                contents.held(),
                writer.failure(),
                heldSince,
                heldSince == null ? "" : Fullness.cause(contents),
                contents.apart(),
                damaged);
    }

    /** Returns what had been accepted by an earlier run, and was still here when the spool was opened. */
    public Inherited inherited() {
        return inherited;
    }

    /** Waits for what is being written, and lets go of the file. */
    @Override
    public void close() {
        room.close();
        writer.close();
    }
}
