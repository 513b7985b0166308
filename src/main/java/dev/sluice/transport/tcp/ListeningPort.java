package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.transport.Access;
import dev.sluice.transport.Connections;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.SuppressingLog;
import dev.sluice.transport.TransportChange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.ip.tcp.connection.TcpNetConnection;

/** A port that peers connect to: the socket, the {@link Door}, and the loop of one virtual thread that accepts. */
final class ListeningPort implements Entrance {

    private static final Logger log = LoggerFactory.getLogger(ListeningPort.class);

    private final TcpTransport transport;
    private final String listener;
    private final Steering steering;
    private final SslBundles bundles;
    private final SuppressingLog<Reason.Rejected> rejections;
    private final Door door;
    private final ServerConnectionFactory factory;
    private final KernelPeers kernelPeers = new KernelPeers(this::localAddress);
    /** What connections begin by that are accepted from now on. */
    private volatile PortTerms terms;

    private volatile @Nullable ListeningSocket socket;
    /** What the connection in hand has been accepted by. Of the thread that accepts. */
    private PortTerms arrivedBy;

    /** What the system gives where nobody asks for a size; 0 if nobody has yet. */
    private int usualReceiveBuffer;

    ListeningPort(
            TcpTransport transport,
            TcpProperties properties,
            Connections<?> connections,
            TcpTransport.Surroundings surroundings) {
        this.transport = transport;
        this.listener = transport.listener();
        this.steering = transport.steering();
        this.bundles = surroundings.bundles();
        this.terms = new PortTerms(properties, tls(properties, null));
        this.arrivedBy = terms;
        this.rejections = new SuppressingLog<>(LoggerFactory.getLogger(Door.class), listener);
        this.door = new Door(steering, connections, surroundings.memory(), rejections);
        this.factory = new ServerConnectionFactory(
                listener, surroundings.beanFactory(), surroundings.events(), this::newConnection);
    }

    /** Returns what is there already, if it is the same. */
    private @Nullable TlsPort tls(TcpProperties properties, @Nullable PortTerms there) {
        if (properties.tls() == null) {
            return null;
        }
        return there != null && properties.tls().equals(there.properties().tls())
                ? there.tls()
                : new TlsPort(listener, properties.tls(), bundles);
    }

    /** Returns the accept loop, which starts and stops with the listener's flow. */
    ServerConnectionFactory factory() {
        return factory;
    }

    @Override
    public void open() throws IOException {
        PortTerms now = terms;
        ServerSocket bound = bind(now, address(now, now.portNumber()));
        try {
            ListeningSocket listening = new ListeningSocket(listener, steering, bound, this::admit);
            socket = listening;
            factory.prepare(listening);
        } catch (IOException | RuntimeException ex) {
            bound.close();
            throw ex;
        }
    }

    static InetSocketAddress address(PortTerms terms, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(terms.properties().address()), port);
    }

    /** Returns a socket that is bound there, and that nobody accepts from yet. */
    ServerSocket bind(PortTerms by, InetSocketAddress address) throws IOException {
        ServerSocket unbound = new ServerSocket();
        try {
            setReceiveBuffer(unbound, by);
            unbound.setReuseAddress(true);
            unbound.bind(address, by.properties().backlog());
            return unbound;
        } catch (IOException | RuntimeException ex) {
            unbound.close();
            throw ex;
        }
    }

    /** Before it is bound, or the window that it offers would not be as large. */
    private void setReceiveBuffer(ServerSocket of, PortTerms by) throws SocketException {
        int size = by.receiveBuffer();
        if (size > 0) {
            usualReceiveBuffer = usualReceiveBuffer == 0 ? of.getReceiveBufferSize() : usualReceiveBuffer;
            of.setReceiveBufferSize(size);
        }
    }

    @Override
    public TransportChange change(TcpProperties properties, IntPredicate heldByUs) throws IOException {
        PortTerms before = terms;
        PortTerms after = new PortTerms(properties, tls(properties, before));
        return new PortChange(this, before, after, before.listensLike(after) ? null : socket, heldByUs);
    }

    /** What is accepted from now on goes by these. */
    void serveBy(PortTerms changed) throws SocketException {
        PortTerms before = terms;
        terms = changed;
        ListeningSocket listening = socket;
        ServerSocket bound = listening == null ? null : listening.bound();
        if (bound != null && before.receiveBuffer() != changed.receiveBuffer()) {
            int size = changed.receiveBuffer();
            usualReceiveBuffer = usualReceiveBuffer == 0 ? bound.getReceiveBufferSize() : usualReceiveBuffer;
            bound.setReceiveBufferSize(size > 0 ? size : usualReceiveBuffer);
        }
    }

    /** There are peers that have come by another port than the one that is bound now. */
    void moved() {
        kernelPeers.lookAtAll();
    }

    @Override
    public boolean admits(FramedConnection connection, Access access) {
        return connection.isProxysOwn() || access.permits(connection.remote().getAddress());
    }

    /** Returns whether a connection that was accepted is let in, or may go on to be; it is closed if not. */
    private boolean admit(Socket accepted) {
        PortTerms now = terms;
        arrivedBy = now;
        if (!door.arrives(accepted.getInetAddress(), now)) {
            refuse(accepted);
            return false;
        }
        try {
            TcpProperties properties = now.properties();
            accepted.setTcpNoDelay(properties.noDelay());
            accepted.setKeepAlive(properties.keepAlive());
            if (properties.sendBuffer() != null) {
                accepted.setSendBufferSize((int) properties.sendBuffer().toBytes());
            }
            return true;
        } catch (IOException ex) {
            // The peer is gone already.
            door.turnsBack(accepted.getInetAddress(), now);
            steering.settings().traffic().acceptErrors.increment();
            ListeningSocket.closeQuietly(accepted);
            return false;
        }
    }

    /** Closes it by a reset: the kernel need not remember for a minute whom we did not want. */
    private static void refuse(Socket accepted) {
        try {
            accepted.setSoLinger(true, 0);
        } catch (IOException ex) {
            log.trace("The peer is gone already", ex);
        }
        ListeningSocket.closeQuietly(accepted);
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
        return bound == null
                ? Optional.empty()
                : Optional.ofNullable((InetSocketAddress) bound.getLocalSocketAddress());
    }

    @Override
    public KernelPeers kernelPeers() {
        return kernelPeers;
    }

    @Override
    public void sweep() {
        rejections.tellSuppressed();
    }

    @Override
    public void tellAllSuppressed() {
        rejections.tellAllSuppressed();
    }

    private TcpNetConnection newConnection(
            Socket accepted,
            boolean server,
            boolean lookupHost,
            @Nullable ApplicationEventPublisher events,
            @Nullable String factoryName) {
        PortTerms by = arrivedBy;
        try {
            ProxiedEntry entry = by.awaitsProxies() ? new ProxiedEntry(door, steering, accepted) : null;
            FramedConnection connection = transport.connect(new AcceptedSocket(accepted, entry, by.tls()));
            if (entry == null) {
                steering.settings().traffic().connectionsAccepted.increment();
            }
            return connection;
        } catch (IOException | RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            door.turnsBack(accepted.getInetAddress(), by);
            throw new IllegalStateException("No room for a connection", ex);
        }
    }

    @Override
    public void tlsFailed(FramedConnection connection, TlsTrouble trouble, IOException ex) {
        transport.troubles().tls(trouble, connection.remote(), ex);
    }

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
