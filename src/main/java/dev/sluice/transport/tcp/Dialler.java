package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Access;
import dev.sluice.transport.Connections;
import dev.sluice.transport.Devices;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.TransportChange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/**
 * Devices that are servers: each is dialled, and again when its connection has ended, for as long as the listener runs.
 *
 * <p>Threads: a device that is being dialled or is connected has a virtual thread, see {@link DialAttempt}; all others
 * only stand in the {@link DialQueue}, at which the transport's sweep looks. {@link DialTurns} has the attempts of all
 * listeners take turns.
 */
final class Dialler implements Entrance {

    /** How long a connection has to come to the end of a frame whose device is not dialled any more. */
    private static final Duration MOST_ENDING = Duration.ofSeconds(30);

    private final TcpTransport transport;
    private final Steering steering;
    private final SslBundles bundles;
    private final Connections<FramedConnection> connections;
    private final MemoryBudget memory;
    private final DialTurns turns;
    private final DeviceLog log;
    private final ThreadFactory threads;

    private final KernelPeers kernelPeers = new KernelPeers();
    private final DialQueue queue;

    /** Those that have led to a connection, by its id. */
    private final Map<String, DialAttempt> connected = new ConcurrentHashMap<>();

    Dialler(
            TcpTransport transport,
            TcpProperties properties,
            Connections<FramedConnection> connections,
            TcpTransport.Surroundings surroundings) {
        this.transport = transport;
        this.steering = transport.steering();
        this.bundles = surroundings.bundles();
        this.connections = connections;
        this.memory = surroundings.memory();
        this.turns = surroundings.turns();
        this.log = new DeviceLog(transport.listener());
        this.threads = Thread.ofVirtual().name(transport.listener() + "-", 0).factory();
        this.queue = new DialQueue(
                new DialTerms(properties, tls(properties, null), DialledDevices.of(properties, DialledDevices.NONE)));
    }

    /** Returns what is there already, if it is the same. */
    private @Nullable TlsDial tls(TcpProperties properties, @Nullable DialTerms there) {
        if (properties.tls() == null) {
            return null;
        }
        return there != null && properties.tls().equals(there.properties().tls())
                ? there.tls()
                : new TlsDial(transport.listener(), properties.tls(), bundles);
    }

    String listener() {
        return transport.listener();
    }

    @Override
    public void open() {}

    /** Dials from now on. */
    void begin() {
        queue.open();
        sweep();
    }

    @Override
    public TransportChange change(TcpProperties properties, IntPredicate heldByUs) {
        DialTerms before = queue.terms();
        DialTerms after =
                new DialTerms(properties, tls(properties, before), DialledDevices.of(properties, before.devices()));
        return new DialChange(this, before, after);
    }

    /** Dials these devices from now on, and no others. Those that are connected stay so. */
    void dialBy(DialTerms changed) {
        queue.change(changed);
        sweep();
    }

    /** Those that are dialled no more are let go: each that is connected when the frame in progress has ended. */
    void endUndeclared() {
        queue.takeUndeclared().forEach(DialAttempt::abort);
        connected.forEach((id, attempt) -> {
            if (!queue.isDeclared(attempt.device())) {
                connections
                        .find(id)
                        .ifPresent(connection -> connection.lifetime().end(Reason.Closed.RELOADED, MOST_ENDING));
            }
        });
    }

    @Override
    public boolean admits(FramedConnection connection, Access access) {
        return true;
    }

    @Override
    public void close() {
        queue.close().forEach(DialAttempt::abort);
    }

    /** Those under way are not let in any more, however they end. */
    @Override
    public void awaitEnd(Duration timeout) {}

    @Override
    public Optional<InetSocketAddress> localAddress() {
        return Optional.empty();
    }

    @Override
    public Optional<Devices> devices() {
        return Optional.of(queue.terms().devices());
    }

    @Override
    public KernelPeers kernelPeers() {
        return kernelPeers;
    }

    @Override
    public void sweep() {
        if (!steering.gate().isClosed() && queue.isDue()) {
            turns.request(this);
        }
        log.tellLeftOut();
    }

    @Override
    public void tellAllSuppressed() {
        log.tellAllLeftOut();
    }

    /** It is this listener's turn. Returns whether there was a device to dial, which then has the turn. */
    boolean startNext() {
        if (steering.gate().isClosed()) {
            return false;
        }
        DialAttempt attempt = queue.take((device, terms) -> new DialAttempt(this, device, terms, turns));
        if (attempt == null) {
            return false;
        }
        try {
            threads.newThread(attempt).start();
            return true;
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            attempt.note("dialling failed: no thread could be started");
            ended(attempt);
            return false;
        }
    }

    /**
     * An attempt has connected a socket, which is closed if nothing comes of it.
     *
     * @return the connection; null if the listener has ended the attempt meanwhile
     * @throws IOException if there is no room for it
     */
    @Nullable
    FramedConnection admit(DialAttempt attempt, Socket socket) throws IOException {
        FramedConnection connection = null;
        try {
            // It may wait for a second.
            if (!memory.hasRoom()) {
                throw new IOException("all connections hold as much as 'sluice.memory.limit' allows");
            }
            connection = queue.reached(attempt, () -> connect(attempt, socket));
            return connection;
        } finally {
            if (connection == null) {
                socket.close();
            }
        }
    }

    private FramedConnection connect(DialAttempt attempt, Socket socket) throws IOException {
        if (!connections.tryAcquire(steering.settings().limits().maxConnections())) {
            throw new IOException("there are as many as 'limits.max-connections' allows");
        }
        FramedConnection connection = null;
        try {
            TlsDial tls = attempt.terms().tls();
            TlsLayer layer = tls == null ? null : tls.to(attempt.device().address());
            connection = transport.connect(new AcceptedSocket(socket, null, layer));
        } finally {
            if (connection == null) {
                connections.release();
            }
        }
        connected.put(connection.connection(), attempt);
        steering.settings().traffic().connectionsAccepted.increment();
        return connection;
    }

    // Of the thread of an attempt, which is that of its connection

    @Override
    public void established(FramedConnection connection) {
        DialAttempt attempt = connected.get(connection.connection());
        if (attempt != null) {
            attempt.device().up();
            attempt.releaseTurn();
            log.up(attempt.device());
        }
    }

    @Override
    public void tlsFailed(FramedConnection connection, TlsTrouble trouble, IOException ex) {
        note(connection, DialFailure.tls(trouble, ex));
    }

    @Override
    public void broke(FramedConnection connection, IOException ex) {
        // What somebody has closed only looks broken.
        if (!connection.lifetime().isClosing()) {
            note(connection, DialFailure.broken(ex));
        }
    }

    private void note(FramedConnection connection, String failure) {
        DialAttempt attempt = connected.get(connection.connection());
        if (attempt != null) {
            attempt.note(failure);
        }
    }

    @Override
    public boolean leaves(FramedConnection connection, @Nullable ProxiedEntry entry, Reason.Closed reason) {
        DialAttempt attempt = connected.get(connection.connection());
        if (attempt != null) {
            attempt.note(DialFailure.ended(reason));
            if (reason == Reason.Closed.STOPPED || reason == Reason.Closed.RELOADED || steering.isDraining()) {
                attempt.endedByListener();
                // Whoever waits until all connections are gone finds no device up.
                attempt.device().forget();
            }
        }
        return true;
    }

    /** An attempt is over, and with it its connection, if there was one. */
    void ended(DialAttempt attempt) {
        DialledDevice device = attempt.device();
        FramedConnection connection = attempt.connection();
        if (connection != null) {
            connected.remove(connection.connection());
        }
        long wait = device.takeWait(connection == null ? 0 : connection.counts().messagesIn());
        if (queue.giveBack(attempt, wait)) {
            log.away(device, attempt.failure());
        }
    }
}
