package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Connections;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.endpoint.MessageProducerSupport;
import org.springframework.integration.ip.tcp.connection.TcpNetConnection;
import org.springframework.scheduling.TaskScheduler;

/**
 * A TCP port and its connections.
 *
 * <p>Threads: one virtual thread accepts, each connection has a virtual thread of its own that reads, hands on and answers.
 * One task of the scheduler walks all connections of the listener four times a second and closes those whose deadline has
 * passed, so that no connection needs a timer.
 */
public final class TcpTransport implements Transport {

    private static final Duration SWEEP = Duration.ofMillis(250);
    private static final int MOST_CLOSED_IN_A_ROW = 16;
    /** How long the threads of connections that were cut off at a deadline have to notice. */
    private static final Duration CUT_OFF = Duration.ofMillis(250);

    private final String listener;
    private final Steering steering;
    private final TcpProperties properties;
    private final Framing framing;
    private final FrameBuffer greeting = new FrameBuffer();
    private final KernelPeers kernelPeers;
    private final @Nullable TlsPort tls;
    private final PeerTroubles troubles;
    private final Connections<FramedConnection> connections = new Connections<>();
    private final Door door;
    private final TcpInboundAdapter adapter = new TcpInboundAdapter();
    private final ServerConnectionFactory factory;
    private final TaskScheduler scheduler;
    private @Nullable ScheduledFuture<?> sweep;
    private final MemoryBudget memory;
    private volatile @Nullable ListeningSocket socket;

    /** What of the owner's surroundings the transport lives on. */
    public record Surroundings(
            BeanFactory beanFactory,
            ApplicationEventPublisher events,
            TaskScheduler scheduler,
            SslBundles bundles,
            MemoryBudget memory) {}

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
        this.properties = properties;
        this.framing = settings.framing().toFraming();
        if (properties.greeting() != null) {
            greeting.append(properties.greeting().getBytes(charset));
        }
        this.tls = properties.tls() == null ? null : new TlsPort(listener, properties.tls(), surroundings.bundles());
        this.kernelPeers = new KernelPeers(this::localAddress);
        this.troubles = new PeerTroubles(listener);
        this.memory = surroundings.memory();
        this.door = new Door(listener, steering, properties.proxyProtocol(), connections, memory);
        this.scheduler = surroundings.scheduler();
        this.factory = new ServerConnectionFactory(
                listener, surroundings.beanFactory(), surroundings.events(), this::newConnection);
        adapter.setConnectionFactory(factory);
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
        ListeningSocket unbound = new ListeningSocket(listener, properties, steering, door);
        try {
            if (properties.receiveBuffer() != null) {
                unbound.setReceiveBufferSize((int) properties.receiveBuffer().toBytes());
            }
            unbound.setReuseAddress(true);
            int port = properties.port() == null ? 0 : properties.port();
            unbound.bind(
                    new InetSocketAddress(InetAddress.getByName(properties.address()), port), properties.backlog());
            sweep = scheduler.scheduleWithFixedDelay(this::enforceDeadlines, SWEEP);
        } catch (IOException | RuntimeException ex) {
            unbound.close();
            throw ex;
        }
        steering.begin();
        socket = unbound;
        factory.prepare(unbound);
    }

    @Override
    public Optional<InetSocketAddress> localAddress() {
        ListeningSocket bound = socket;
        return bound == null ? Optional.empty() : Optional.of((InetSocketAddress) bound.getLocalSocketAddress());
    }

    @Override
    public void pause() {
        steering.gate().close();
    }

    @Override
    public void resume() {
        connections.all().forEach(connection -> connection.lifetime().restartDeadlines());
        steering.gate().open();
    }

    @Override
    public void drain(Duration deadline) throws InterruptedException {
        long until = System.nanoTime() + deadline.toNanos();
        steering.drain();
        try (ListeningSocket bound = socket) {
            socket = null;
        } catch (IOException ex) {
            throw new IllegalStateException("Listener '" + listener + "': closing its socket failed", ex);
        }
        connections.all().forEach(connection -> connection.lifetime().drain());
        steering.gate().open();
        try {
            factory.awaitEnd(deadline);
            awaitEmpty(until);
            connections.all().forEach(connection -> connection.close(Reason.Closed.STOPPED));
            connections.awaitEmpty(CUT_OFF);
        } finally {
            connections.all().forEach(FramedConnection::cutOff);
            if (sweep != null) {
                sweep.cancel(false);
            }
        }
        connections.awaitEmpty(CUT_OFF);
        troubles.tellAllSuppressed();
        door.tellAllSuppressed();
    }

    /** Enforces deadlines itself meanwhile: when the program ends, the scheduler is the first to go. */
    private void awaitEmpty(long until) throws InterruptedException {
        long remaining = until - System.nanoTime();
        while (remaining > 0 && !connections.awaitEmpty(Duration.ofNanos(Math.min(remaining, SWEEP.toNanos())))) {
            connections.all().forEach(connection -> connection.lifetime().drain());
            enforceDeadlines();
            remaining = until - System.nanoTime();
        }
    }

    @Override
    public Traffic traffic() {
        return steering.settings().traffic();
    }

    @Override
    public Collection<? extends Connection> connections() {
        return door.awaitsProxies()
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

    @Override
    public FrameBuffer frame(byte[] payload) {
        FrameBuffer frame = new FrameBuffer();
        framing.encode(payload, frame);
        return frame;
    }

    private void enforceDeadlines() {
        long now = System.nanoTime();
        int closed = 0;
        boolean asks = steering.settings().polls() != null && !steering.gate().isClosed() && !steering.isDraining();
        for (FramedConnection connection : connections.all()) {
            Polling polling = connection.polling();
            if (asks && polling != null && connection.isServed()) {
                polling.look(now);
            }
            // Those that are closed together do not all end in front of others that are served.
            if (connection.lifetime().enforceDeadlines(kernelPeers, now) && ++closed % MOST_CLOSED_IN_A_ROW == 0) {
                Thread.yield();
            }
        }
        troubles.tellSuppressed();
        door.tellSuppressed();
    }

    private TcpNetConnection newConnection(
            Socket accepted,
            boolean server,
            boolean lookupHost,
            @Nullable ApplicationEventPublisher events,
            @Nullable String factoryName) {
        try {
            ProxiedEntry entry = door.awaitsProxies() ? new ProxiedEntry(door, steering, accepted) : null;
            FramedConnection connection = new FramedConnection(this, new AcceptedSocket(accepted, entry, tls), events);
            connections.add(connection);
            if (entry == null) {
                traffic().connectionsAccepted.increment();
            }
            return connection;
        } catch (IOException | RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            door.turnsBack(accepted.getInetAddress());
            throw new IllegalStateException("No room for a connection", ex);
        }
    }

    /** A connection has ended: its place is free. Called once for each. */
    void ended(FramedConnection connection, @Nullable ProxiedEntry entry, Reason.Closed reason) {
        boolean accepted = true;
        if (entry == null) {
            door.leaves(connection.remote().getAddress());
        } else {
            accepted = entry.end(reason);
        }
        factory.forget(connection);
        // Before it is gone: whoever waits until all are gone finds all counted.
        if (accepted) {
            traffic().closed(reason).increment();
            troubles.closed(reason, connection.remote());
        }
        connections.remove(connection);
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

    Framing framing() {
        return framing;
    }

    /** Never changes; empty if there is none. */
    FrameBuffer greeting() {
        return greeting;
    }

    int openConnections() {
        return connections.size();
    }
}
