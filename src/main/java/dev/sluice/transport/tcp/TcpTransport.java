package dev.sluice.transport.tcp;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Access;
import dev.sluice.transport.ClosedConnection;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Connections;
import dev.sluice.transport.Devices;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Tap;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportChange;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.tcp.ProxyProtocolProperties.Mode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.endpoint.MessageProducerSupport;
import org.springframework.scheduling.TaskScheduler;

/**
 * A TCP port and its connections, or devices that are dialled and theirs.
 *
 * <p>Threads: of a port one virtual thread accepts, see {@link Dialler} for devices. Each connection has a virtual
 * thread of its own that reads, hands on and answers. The {@link Sweep} enforces the deadlines of all, so that no
 * connection needs a timer.
 */
public final class TcpTransport implements Transport {

    /** How long the threads of connections that were cut off at a deadline have to notice. */
    private static final Duration CUT_OFF = Duration.ofMillis(250);

    private final String listener;
    private final Steering steering;
    private final PeerTroubles troubles;
    private final Connections<FramedConnection> connections = new Connections<>();
    /** What connections begin by from now on. */
    private volatile Welcome welcome;

    private final boolean dials;
    /** Whether some come, or have come, by way of proxies, so that one is nobody's business until it is let in. */
    private volatile boolean proxied;

    private final TcpInboundAdapter adapter;
    private final ApplicationEventPublisher events;
    private final Sweep sweep;
    private final MemoryBudget memory;
    private final Entrance entrance;

    /**
     * What of the owner's surroundings the transport lives on.
     *
     * @param pace of the process, at which connections are ended; null if all are at once
     */
    public record Surroundings(
            BeanFactory beanFactory,
            ApplicationEventPublisher events,
            TaskScheduler scheduler,
            SslBundles bundles,
            MemoryBudget memory,
            DialTurns turns,
            @Nullable DrainPace pace) {}

    /**
     * @param charset of the greeting
     */
    public TcpTransport(
            String listener,
            TransportSettings settings,
            TcpProperties properties,
            Charset charset,
            Surroundings surroundings) {
        this.listener = listener;
        this.steering = new Steering(settings);
        this.welcome = Welcome.of(settings.framing(), properties.greeting(), charset, null);
        this.troubles = new PeerTroubles(listener);
        this.memory = surroundings.memory();
        this.events = surroundings.events();
        this.dials = properties.dials();
        this.proxied = properties.proxyProtocol().mode() == Mode.REQUIRED;
        if (properties.dials()) {
            Dialler dialler = new Dialler(this, properties, connections, surroundings);
            this.adapter = new TcpInboundAdapter(dialler::begin);
            this.entrance = dialler;
        } else {
            ListeningPort port = new ListeningPort(this, properties, connections, surroundings);
            this.adapter = new TcpInboundAdapter(() -> {});
            adapter.setConnectionFactory(port.factory());
            this.entrance = port;
        }
        this.sweep = new Sweep(connections, steering, entrance.kernelPeers(), surroundings, () -> {
            troubles.tellSuppressed();
            entrance.sweep();
        });
    }

    @Override
    public String name() {
        return "tcp";
    }

    @Override
    public MessageProducerSupport adapter() {
        return adapter;
    }

    @Override
    public void bind() throws IOException {
        entrance.open();
        try {
            sweep.begin();
        } catch (RuntimeException ex) {
            entrance.close();
            throw ex;
        }
        steering.begin();
    }

    /**
     * Prepares that it serves by other settings and properties. Connections that are open keep their framing, and what
     * they began by; a port that stays is not bound anew.
     *
     * @param properties which dial if those before did
     * @param charset of the greeting
     * @param heldByUs whether this process holds a port
     * @throws IOException if a port cannot be had, unless it is one that this process holds and may let go
     * @throws BundleException if an SSL bundle cannot be used
     */
    public TransportChange change(
            TransportSettings settings, TcpProperties properties, Charset charset, IntPredicate heldByUs)
            throws IOException {
        if (properties.dials() != dials) {
            throw new IllegalArgumentException("A listener with a port cannot become one that dials, nor the reverse");
        }
        Welcome changed = Welcome.of(settings.framing(), properties.greeting(), charset, welcome);
        TransportChange change = new TcpChange(this, settings, changed, entrance.change(properties, heldByUs));
        proxied |= properties.proxyProtocol().mode() == Mode.REQUIRED;
        return change;
    }

    void serveBy(TransportSettings settings, Welcome changed) {
        welcome = changed;
        steering.serveBy(settings);
    }

    @Override
    public int notAdmitted(Access access) {
        return (int) outsiders(access).count();
    }

    /** Closes those that would not be let in any more. */
    void closeNotAdmitted() {
        outsiders(steering.settings().access()).forEach(connection -> connection.close(Reason.Closed.ACCESS_DENIED));
    }

    private Stream<FramedConnection> outsiders(Access access) {
        return connections.all().stream()
                .filter(connection -> connection.isIn() && !entrance.admits(connection, access));
    }

    @Override
    public int endOutdated(Duration within) {
        Welcome now = welcome;
        List<FramedConnection> outdated = connections.all().stream()
                .filter(connection -> !connection.welcome().cutsLike(now))
                .toList();
        outdated.forEach(connection -> connection.lifetime().end(Reason.Closed.RELOADED, within));
        return outdated.size();
    }

    @Override
    public Optional<InetSocketAddress> localAddress() {
        return entrance.localAddress();
    }

    @Override
    public Optional<Devices> devices() {
        return entrance.devices();
    }

    @Override
    public void pause() {
        steering.gate().close();
    }

    @Override
    public void resume() {
        connections
                .all()
                .forEach(connection -> connection.lifetime().deadlines().restart());
        steering.gate().open();
    }

    @Override
    public void drain(Duration deadline) throws InterruptedException {
        long until = System.nanoTime() + deadline.toNanos();
        entrance.close();
        try {
            sweep.thinOut(deadline);
            steering.drain();
            connections.all().forEach(connection -> connection.lifetime().drain());
            steering.gate().open();
            entrance.awaitEnd(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            sweep.drain(until);
            connections.all().forEach(connection -> connection.close(Reason.Closed.STOPPED));
            connections.awaitEmpty(CUT_OFF);
        } finally {
            connections.all().forEach(FramedConnection::cutOff);
            sweep.end();
        }
        connections.awaitEmpty(CUT_OFF);
        troubles.tellAllSuppressed();
        entrance.tellAllSuppressed();
    }

    @Override
    public Traffic traffic() {
        return steering.settings().traffic();
    }

    @Override
    public Tap tap() {
        return steering.tap();
    }

    @Override
    public Collection<? extends Connection> connections() {
        return proxied
                ? connections.all().stream().filter(FramedConnection::isIn).toList()
                : connections.all();
    }

    @Override
    public Optional<? extends Connection> connection(String id) {
        return connections.find(id).filter(FramedConnection::isIn);
    }

    @Override
    public Optional<? extends Connection> identified(String identity) {
        return steering.settings().identification().identities().find(identity);
    }

    /** Makes a connection of a socket that has a place. It is the caller's to run. */
    FramedConnection connect(AcceptedSocket socket) {
        FramedConnection connection = new FramedConnection(this, socket, events);
        connections.add(connection);
        return connection;
    }

    /** A connection has ended. Called once for each. */
    void ended(FramedConnection connection, @Nullable ProxiedEntry entry, Reason.Closed reason) {
        // Before it is gone: whoever waits until all are gone finds all counted.
        if (entrance.leaves(connection, entry, reason)) {
            traffic().closed(reason).increment();
            traffic().lastClosed.add(ClosedConnection.of(connection, reason));
        }
        connections.remove(connection);
    }

    Entrance entrance() {
        return entrance;
    }

    Inlet inlet() {
        return adapter;
    }

    PeerTroubles troubles() {
        return troubles;
    }

    String listener() {
        return listener;
    }

    Steering steering() {
        return steering;
    }

    MemoryBudget memory() {
        return memory;
    }

    Welcome welcome() {
        return welcome;
    }

    int openConnections() {
        return connections.size();
    }
}
