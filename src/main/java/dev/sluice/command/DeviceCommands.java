package dev.sluice.command;

import dev.sluice.command.Alarms.Alarm;
import dev.sluice.command.RefusedException.Cause;
import dev.sluice.log.LogException;
import dev.sluice.log.SqliteLog;
import dev.sluice.log.WrongTopicsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commands to devices, as sockets and callers see them. Safe for use by any thread: all is done on the engine's, which
 * is behind while its disk is. Futures are completed on virtual threads.
 */
public final class DeviceCommands implements AutoCloseable {

    private static final String FILE = "devices.db";

    private final Courier courier;
    private final Submissions submissions;
    private final Sockets sockets;

    private DeviceCommands(Courier courier) {
        this.courier = courier;
        this.submissions = new Submissions(courier.records());
        this.sockets = courier.sockets();
        courier.start();
    }

    /**
     * Opens {@code devices.db} in a directory that this process has locked, and starts. Returns once it has read what
     * is there.
     *
     * @throws LogException if the file cannot be had, with the cure
     */
    public static DeviceCommands open(Path directory, CommandLimits limits, CommandWatch watch) throws LogException {
        SqliteLog log = SqliteLog.open(directory.resolve(FILE));
        try {
            return new DeviceCommands(new Courier(watch, (life, others, engine) -> {
                Outboxes outboxes = new Outboxes(what -> {
                    boolean _ = engine.ask(what);
                });
                return new CommandLog(log, life, limits, new CommandIndex(), outboxes, others);
            }));
        } catch (LogException | RuntimeException ex) {
            log.close();
            throw ex;
        }
    }

    /**
     * Joins a cluster, and starts. What is there is read afterwards; if Kafka cannot be reached, it is tried again.
     *
     * @param rules for commands that others write
     * @throws WrongTopicsException if the topics cannot be used, with the cures
     */
    public static DeviceCommands join(Cluster cluster, CommandLimits limits, CommandRules rules, CommandWatch watch)
            throws WrongTopicsException {
        return new DeviceCommands(new Courier(
                watch, (life, others, engine) -> new ClusterLog(cluster, life, limits, rules, others, engine)));
    }

    /**
     * A device is at this connection, which others give up; or its connection has other terms from now on. May wait
     * while the engine is behind.
     */
    public void connected(Device device, DeviceSocket socket, CommandTerms terms) {
        boolean _ = courier.ask(() -> sockets.connected(device, socket, terms));
    }

    /** A connection has ended, with all its devices. */
    public void gone(DeviceSocket socket) {
        boolean _ = courier.ask(() -> sockets.gone(socket));
    }

    /** A connection goes on without this device, or has ended if it has no other. */
    public void gone(Device device, DeviceSocket socket) {
        boolean _ = courier.ask(() -> sockets.gone(device, socket));
    }

    /**
     * An answer came.
     *
     * @param device null if the answer does not say which
     * @param number -1 if the answer carries none
     * @param rejected whether the device says no
     */
    public void answered(DeviceSocket socket, @Nullable Device device, long number, boolean rejected) {
        boolean _ = courier.ask(() -> {
            Link link = sockets.link(socket);
            if (link != null) {
                courier.departures().answered(link, device, number, rejected);
            }
        });
    }

    /**
     * The outcomes of commands that these listeners took, and of no others, are handed over from now on, each at
     * least once: those that come, and those that were to be handed over before. In a cluster nobody takes them: they
     * are in a topic that anybody may read.
     */
    public void outcomes(Map<String, OutcomeTaker> takers) {
        Map<String, OutcomeTaker> all = Map.copyOf(takers);
        boolean _ = courier.ask(() -> courier.records().outcomes(all));
    }

    /** Fails with {@link RefusedException}. Done once the command is durable. */
    public CompletableFuture<Submission> submit(NewCommand command) {
        CompletableFuture<Submission> future = new CompletableFuture<>();
        ask(future, () -> submissions.submit(command, future));
        return future;
    }

    /** Nothing if no command of that id is known, or no longer. */
    public CompletableFuture<Optional<CommandState>> find(String id) {
        CompletableFuture<Optional<CommandState>> future = new CompletableFuture<>();
        ask(future, () -> known(id, () -> complete(future, state(id))));
        return future;
    }

    /** What another replica has taken a moment ago may not have been read here. */
    private void known(String id, Runnable then) {
        long lag = courier.records().lagMillis();
        if (lag > 0 && courier.records().index().find(id) == null) {
            Alarm _ = courier.alarms().set(Journal.now() + lag, then);
        } else {
            then.run();
        }
    }

    /** Its state once it has an outcome, or after some time. */
    public CompletableFuture<Optional<CommandState>> await(String id, Duration atMost) {
        return over(id, atMost, false);
    }

    /** Its state once it has an outcome, which may be another than cancelled, or after some time. */
    public CompletableFuture<Optional<CommandState>> cancel(String id, Duration atMost) {
        return over(id, atMost, true);
    }

    private CompletableFuture<Optional<CommandState>> over(String id, Duration atMost, boolean cancelled) {
        CompletableFuture<Optional<CommandState>> future = new CompletableFuture<>();
        ask(
                future,
                () -> known(id, () -> {
                    Command command = courier.records().index().find(id);
                    if (command == null || command.isOver()) {
                        complete(future, state(id));
                        return;
                    }
                    if (cancelled) {
                        courier.records().machine().cancel(command);
                    }
                    new AwaitedOutcome(id, courier, future).await(atMost);
                }));
        return future;
    }

    private Optional<CommandState> state(String id) {
        return Optional.ofNullable(courier.records().index().find(id)).map(CommandIndex::state);
    }

    /** Those of a device that have no outcome, in the order in which they are sent. */
    public CompletableFuture<List<CommandState>> pending(Device device) {
        return asked(() -> {
            DeviceState state = courier.records().machine().known(device);
            return state == null
                    ? List.of()
                    : state.queue().stream().map(CommandIndex::state).toList();
        });
    }

    /**
     * Those that are connected. No more are kept meanwhile than are asked for.
     *
     * @param realm null for all
     * @param listener null for all
     * @param part that identities contain; empty for all
     * @param order that differs for any two
     * @param most how many are wanted, the first in this order
     */
    public CompletableFuture<ConnectedDevices> devices(
            @Nullable String realm,
            @Nullable String listener,
            String part,
            Comparator<ConnectedDevice> order,
            int most) {
        return asked(() -> sockets.search(realm, listener, part, order, most));
    }

    /** Nothing if it is not connected. */
    public CompletableFuture<Optional<ConnectedDevice>> device(Device device) {
        return asked(() ->
                Optional.ofNullable(courier.records().machine().known(device)).flatMap(sockets::view));
    }

    /**
     * Closes its connection, at whichever replica it is. Returns whether there was one.
     *
     * <p>Fails with {@link RefusedException} if another replica does not close it in time.
     */
    public CompletableFuture<Boolean> disconnect(Device device) {
        CompletableFuture<Boolean> future = new CompletableFuture<>();
        ask(future, () -> {
            DeviceState state = courier.records().machine().known(device);
            List<Binding> bindings = state == null ? List.of() : List.copyOf(state.bindings());
            bindings.forEach(binding -> courier.records().machine().close(binding.link(), DeviceSocket.Closing.ASKED));
            if (state == null || !bindings.isEmpty() || sockets.view(state).isEmpty()) {
                complete(future, !bindings.isEmpty());
            } else {
                courier.records().hangUp(state);
                new AwaitedHangup(state, courier, future).look();
            }
        });
        return future;
    }

    /** Returns whether commands can be taken just now: all is read that was there at the start, and heard since. */
    public boolean isReady() {
        return courier.records().isAble();
    }

    /** The processes that serve the same devices; none where this is the only one. */
    public CompletableFuture<Collection<LiveReplica>> replicas() {
        return asked(() -> courier.records().replicas());
    }

    private <T> CompletableFuture<T> asked(Supplier<T> what) {
        CompletableFuture<T> future = new CompletableFuture<>();
        ask(future, () -> complete(future, what.get()));
        return future;
    }

    private void ask(CompletableFuture<?> future, Runnable what) {
        if (!courier.ask(what)) {
            future.completeExceptionally(new RefusedException(Cause.UNAVAILABLE, "the service ends"));
        }
    }

    /** What follows in the caller must not hold up the engine. */
    static <T> void complete(CompletableFuture<T> future, T value) {
        Thread _ = Thread.ofVirtual().start(() -> future.complete(value));
    }

    /** What has become of all commands so far, over restarts. */
    public Ledger ledger() {
        return courier.ledger();
    }

    /** How many outcomes are to be handed over, to whoever takes them. */
    public int outcomesWaiting() {
        return courier.outcomes();
    }

    /** How many devices are connected. */
    public int connectedDevices() {
        return courier.connected();
    }

    /** Since when the eldest waits that has no outcome, by the clock of the log; nothing if none does. */
    public Optional<Instant> oldest() {
        long oldest = courier.oldest();
        return oldest == Long.MAX_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(oldest));
    }

    /** Why the log cannot be written just now; nothing if it can. */
    public Optional<String> failure() {
        return Optional.ofNullable(courier.failure());
    }

    /** The size of what is in the log, in bytes. */
    public long bytes() {
        return courier.bytes();
    }

    /**
     * Ends the thread and closes the file, once what was asked is done. Sockets are to be closed first; what waits is
     * kept.
     *
     * @throws LogException if the file cannot be closed
     */
    @Override
    public void close() throws LogException {
        courier.close();
    }
}
