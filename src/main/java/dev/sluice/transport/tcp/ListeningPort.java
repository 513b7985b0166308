package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.transport.Connections;
import dev.sluice.transport.Devices;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.ip.tcp.connection.TcpNetConnection;

/** A port that peers connect to: the socket, the {@link Door}, and the loop of one virtual thread that accepts. */
final class ListeningPort implements Entrance {

    private final TcpTransport transport;
    private final String listener;
    private final Steering steering;
    private final TcpProperties properties;
    private final @Nullable TlsPort tls;
    private final Door door;
    private final ServerConnectionFactory factory;
    private volatile @Nullable ListeningSocket socket;

    ListeningPort(
            TcpTransport transport,
            TcpProperties properties,
            Connections<?> connections,
            TcpTransport.Surroundings surroundings) {
        this.transport = transport;
        this.listener = transport.listener();
        this.steering = transport.steering();
        this.properties = properties;
        this.tls = properties.tls() == null ? null : new TlsPort(listener, properties.tls(), surroundings.bundles());
        this.door = new Door(listener, steering, properties.proxyProtocol(), connections, surroundings.memory());
        this.factory = new ServerConnectionFactory(
                listener, surroundings.beanFactory(), surroundings.events(), this::newConnection);
    }

    /** Returns the accept loop, which starts and stops with the listener's flow. */
    ServerConnectionFactory factory() {
        return factory;
    }

    @Override
    public void open() throws IOException {
        ListeningSocket unbound = new ListeningSocket(listener, properties, steering, door);
        try {
            if (properties.receiveBuffer() != null) {
                unbound.setReceiveBufferSize((int) properties.receiveBuffer().toBytes());
            }
            unbound.setReuseAddress(true);
            int port = properties.port() == null ? 0 : properties.port();
            unbound.bind(
                    new InetSocketAddress(InetAddress.getByName(properties.address()), port), properties.backlog());
        } catch (IOException | RuntimeException ex) {
            unbound.close();
            throw ex;
        }
        socket = unbound;
        factory.prepare(unbound);
    }

    @Override
    public void close() {
        try (ListeningSocket bound = socket) {
            socket = null;
        } catch (IOException ex) {
            throw new IllegalStateException("Listener '" + listener + "': closing its socket failed", ex);
        }
    }

    @Override
    public void awaitEnd(Duration timeout) throws InterruptedException {
        factory.awaitEnd(timeout);
    }

    @Override
    public Optional<InetSocketAddress> localAddress() {
        ListeningSocket bound = socket;
        return bound == null ? Optional.empty() : Optional.of((InetSocketAddress) bound.getLocalSocketAddress());
    }

    @Override
    public Optional<Devices> devices() {
        return Optional.empty();
    }

    @Override
    public void sweep() {
        door.tellSuppressed();
    }

    @Override
    public void tellAllSuppressed() {
        door.tellAllSuppressed();
    }

    private TcpNetConnection newConnection(
            Socket accepted,
            boolean server,
            boolean lookupHost,
            @Nullable ApplicationEventPublisher events,
            @Nullable String factoryName) {
        try {
            ProxiedEntry entry = door.awaitsProxies() ? new ProxiedEntry(door, steering, accepted) : null;
            FramedConnection connection = transport.connect(new AcceptedSocket(accepted, entry, tls));
            if (entry == null) {
                steering.settings().traffic().connectionsAccepted.increment();
            }
            return connection;
        } catch (IOException | RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            door.turnsBack(accepted.getInetAddress());
            throw new IllegalStateException("No room for a connection", ex);
        }
    }

    @Override
    public void established(FramedConnection connection) {}

    @Override
    public void tlsFailed(FramedConnection connection, TlsTrouble trouble, IOException ex) {
        transport.troubles().tls(trouble, connection.remote(), ex);
    }

    @Override
    public void broke(FramedConnection connection, IOException ex) {}

    @Override
    public boolean leaves(FramedConnection connection, @Nullable ProxiedEntry entry, Reason.Closed reason) {
        boolean accepted = true;
        if (entry == null) {
            door.leaves(connection.remote().getAddress());
        } else {
            accepted = entry.end(reason);
        }
        factory.forget(connection);
        if (accepted) {
            transport.troubles().closed(reason, connection.remote());
        }
        return accepted;
    }
}
