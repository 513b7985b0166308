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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/**
 * Devices that are servers: each is dialled, and again when its connection has ended, for as long as the listener runs.
 *
 * <p>Threads: a device that is being dialled or is connected has a virtual thread, see {@link DialAttempt}; all others
 * only stand in a queue, at which the transport's sweep looks. {@link DialTurns} has the attempts of all listeners take
 * turns.
 */
final class Dialler implements Entrance {

    private final TcpTransport transport;
    private final Steering steering;
    private final SslBundles bundles;
    private final Connections<?> connections;
    private final MemoryBudget memory;
    private final DialTurns turns;
    private final DeviceLog log;
    private final ThreadFactory threads;

    /** Replaced as a whole, under the lock. */
    private volatile DialTerms terms;

    /** Those that have led to a connection, by its id. */
    private final Map<String, DialAttempt> connected = new ConcurrentHashMap<>();

    /** Guards what follows, and whether devices are taken. */
    private final Object lock = new Object();

    /** Those that nobody has taken, the next to be dialled first. */
    private final PriorityQueue<DialledDevice> waiting =
            new PriorityQueue<>((one, other) -> Long.signum(one.dueAt - other.dueAt));

    /** Those that have led to nothing yet. */
    private final Set<DialAttempt> underWay = new HashSet<>();

    private boolean dialling;

    Dialler(
            TcpTransport transport,
            TcpProperties properties,
            Connections<?> connections,
            TcpTransport.Surroundings surroundings) {
        this.transport = transport;
        this.steering = transport.steering();
        this.bundles = surroundings.bundles();
        this.connections = connections;
        this.memory = surroundings.memory();
        this.turns = surroundings.turns();
        this.log = new DeviceLog(transport.listener());
        this.threads = Thread.ofVirtual().name(transport.listener() + "-", 0).factory();
        this.terms = new DialTerms(properties, tls(properties, null), DialledDevices.of(properties));
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
        synchronized (lock) {
            dialling = true;
            terms.devices().all().forEach(this::await);
        }
        sweep();
    }

    /** The device is to be dialled now, unless it is already. Under the lock. */
    private void await(DialledDevice device) {
        if (!device.taken) {
            device.forget();
            device.dueAt = System.nanoTime();
            waiting.add(device);
        }
    }

    @Override
    public TransportChange change(TcpProperties properties, IntPredicate heldByUs) {
        DialTerms before = terms;
        DialTerms after =
                new DialTerms(properties, tls(properties, before), DialledDevices.of(properties, before.devices()));
        return new DialChange(this, before, after);
    }

    /** Dials these devices from now on, and no others. Those that are connected stay so. */
    void dialBy(DialTerms changed) {
        synchronized (lock) {
            List<DialledDevice> former = terms.devices().all();
            terms = changed;
            former.forEach(device -> device.declared = false);
            for (DialledDevice device : changed.devices().all()) {
                device.declared = true;
                device.waitAtMost(changed.properties().connectMaxBackoff());
            }
            waiting.removeIf(device -> !device.declared);
            if (dialling) {
                Set<DialledDevice> known = Set.copyOf(former);
                changed.devices().all().stream()
                        .filter(device -> !known.contains(device))
                        .forEach(this::await);
            }
        }
        sweep();
    }

    /** Those that are dialled no more are let go: each that is connected when the frame in progress has ended. */
    void endUndeclared() {
        List<DialAttempt> aborted;
        List<String> ended;
        synchronized (lock) {
            aborted = underWay.stream()
                    .filter(attempt -> !attempt.device().declared)
                    .toList();
            aborted.forEach(underWay::remove);
            ended = connected.entrySet().stream()
                    .filter(entry -> !entry.getValue().device().declared)
                    .map(Map.Entry::getKey)
                    .toList();
        }
        aborted.forEach(DialAttempt::abort);
        ended.forEach(transport::endReloaded);
    }

    @Override
    public boolean admits(FramedConnection connection, Access access) {
        return true;
    }

    @Override
    public void close() {
        List<DialAttempt> ended;
        synchronized (lock) {
            dialling = false;
            waiting.forEach(DialledDevice::forget);
            waiting.clear();
            ended = List.copyOf(underWay);
            underWay.clear();
        }
        ended.forEach(DialAttempt::abort);
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
        return Optional.of(terms.devices());
    }

    @Override
    public void sweep() {
        boolean due;
        synchronized (lock) {
            due = isDue();
        }
        if (due) {
            turns.request(this);
        }
        log.tellLeftOut();
    }

    @Override
    public void tellAllSuppressed() {
        log.tellAllLeftOut();
    }

    private boolean isDue() {
        DialledDevice next = waiting.peek();
        return next != null
                && next.dueAt - System.nanoTime() <= 0
                && !steering.gate().isClosed();
    }

    /** It is this listener's turn. Returns whether there was a device to dial, which then has the turn. */
    boolean startNext() {
        DialAttempt attempt;
        synchronized (lock) {
            if (!isDue()) {
                return false;
            }
            DialledDevice device = waiting.remove();
            device.taken = true;
            attempt = new DialAttempt(this, device, terms, turns);
            underWay.add(attempt);
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
            synchronized (lock) {
                if (underWay.remove(attempt)) {
                    connection = connect(attempt, socket);
                }
            }
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
        boolean changed = false;
        synchronized (lock) {
            underWay.remove(attempt);
            device.taken = false;
            if (!dialling || !device.declared || attempt.isEndedByListener()) {
                device.forget();
                wait = 0;
            } else {
                changed = device.away(attempt.failure());
            }
            if (dialling && device.declared) {
                device.dueAt = System.nanoTime() + wait;
                waiting.add(device);
            }
        }
        if (changed) {
            log.away(device, attempt.failure());
        }
    }
}
