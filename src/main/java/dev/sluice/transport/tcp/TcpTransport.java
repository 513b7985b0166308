package dev.sluice.transport.tcp;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Connections;
import dev.sluice.transport.Devices;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.tcp.ProxyProtocolProperties.Mode;
import java.io.IOException;
import java.net.InetSocketAddress;
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
import org.springframework.scheduling.TaskScheduler;

/**
 * A TCP port and its connections, or devices that are dialled and theirs.
 *
 * <p>Threads: of a port one virtual thread accepts, see {@link Dialler} for devices. Each connection has a virtual
 * thread of its own that reads, hands on and answers. One task of the scheduler walks all connections of the listener
 * four times a second and closes those whose deadline has passed, so that no connection needs a timer.
 */
public final class TcpTransport implements Transport {

    private static final Duration SWEEP = Duration.ofMillis(250);
    private static final int MOST_CLOSED_IN_A_ROW = 16;
    /** How long the threads of connections that were cut off at a deadline have to notice. */
    private static final Duration CUT_OFF = Duration.ofMillis(250);

    private final String listener;
    private final Steering steering;
    private final Framing framing;
    private final FrameBuffer greeting = new FrameBuffer();
    private final KernelPeers kernelPeers;
    private final PeerTroubles troubles;
    private final Connections<FramedConnection> connections = new Connections<>();
    /** Whether connections come by way of proxies, so that one is nobody's business until it is let in. */
    private final boolean proxied;

    private final TcpInboundAdapter adapter;
    private final ApplicationEventPublisher events;
    private final TaskScheduler scheduler;
    private @Nullable ScheduledFuture<?> sweep;
    private final MemoryBudget memory;
    private final Entrance entrance;

    /** What of the owner's surroundings the transport lives on. */
    public record Surroundings(
            BeanFactory beanFactory,
            ApplicationEventPublisher events,
            TaskScheduler scheduler,
            SslBundles bundles,
            MemoryBudget memory,
            DialTurns turns) {}

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
        this.framing = settings.framing().toFraming();
        if (properties.greeting() != null) {
            greeting.append(properties.greeting().getBytes(charset));
        }
        this.troubles = new PeerTroubles(listener);
        this.memory = surroundings.memory();
        this.scheduler = surroundings.scheduler();
        this.events = surroundings.events();
        this.proxied = properties.proxyProtocol().mode() == Mode.REQUIRED;
        if (properties.dials()) {
            Dialler dialler = new Dialler(this, properties, connections, surroundings);
            this.adapter = new TcpInboundAdapter(dialler::begin);
            this.entrance = dialler;
            this.kernelPeers = new KernelPeers();
        } else {
            ListeningPort port = new ListeningPort(this, properties, connections, surroundings);
            this.adapter = new TcpInboundAdapter(() -> {});
            adapter.setConnectionFactory(port.factory());
            this.entrance = port;
            this.kernelPeers = new KernelPeers(port::localAddress);
        }
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
            sweep = scheduler.scheduleWithFixedDelay(this::enforceDeadlines, SWEEP);
        } catch (RuntimeException ex) {
            entrance.close();
            throw ex;
        }
        steering.begin();
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
        connections.all().forEach(connection -> connection.lifetime().restartDeadlines());
        steering.gate().open();
    }

    @Override
    public void drain(Duration deadline) throws InterruptedException {
        long until = System.nanoTime() + deadline.toNanos();
        steering.drain();
        entrance.close();
        connections.all().forEach(connection -> connection.lifetime().drain());
        steering.gate().open();
        try {
            entrance.awaitEnd(deadline);
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
        entrance.tellAllSuppressed();
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
            if (asks && polling != null && connection.lifetime().isServed()) {
                polling.look(now);
            }
            // Those that are closed together do not all end in front of others that are served.
            if (connection.lifetime().enforceDeadlines(kernelPeers, now) && ++closed % MOST_CLOSED_IN_A_ROW == 0) {
                Thread.yield();
            }
        }
        troubles.tellSuppressed();
        entrance.sweep();
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
