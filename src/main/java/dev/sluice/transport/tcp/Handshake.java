package dev.sluice.transport.tcp;

import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Origin;
import dev.sluice.message.PeerHeaders;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.ip.IpHeaders;

/**
 * What comes before all else on a connection: the PROXY header, by which a proxy tells whose it is, and the TLS handshake,
 * by which the peer may. Both together have one deadline. Belongs to the connection's thread; whose the connection is may
 * be asked by any.
 */
final class Handshake {

    private final TcpTransport transport;
    private final AcceptedSocket socket;
    private final Deadlines deadlines;
    private final Holding memory;
    private final BooleanSupplier closing;

    /** Until a proxy has told whose the connection is, the proxy's. */
    private volatile Origin origin;

    private volatile @Nullable String tlsSubject;
    private PeerHeaders headers;

    /**
     * @param id of the connection
     * @param memory of the connection
     * @param closing whether somebody closes the connection, so that it is not the peer who breaks it off
     */
    Handshake(
            TcpTransport transport,
            AcceptedSocket socket,
            String id,
            Deadlines deadlines,
            Holding memory,
            BooleanSupplier closing) {
        this.transport = transport;
        this.socket = socket;
        this.deadlines = deadlines;
        this.memory = memory;
        this.closing = closing;
        this.origin = new Origin(transport.listener(), id, id, (InetSocketAddress)
                socket.accepted().getRemoteSocketAddress());
        this.headers = headers(origin);
    }

    private static PeerHeaders headers(Origin origin) {
        String address = origin.remoteAddress();
        return new PeerHeaders(Map.of(
                IpHeaders.CONNECTION_ID, origin.connection(),
                IpHeaders.HOSTNAME, address,
                IpHeaders.IP_ADDRESS, address,
                IpHeaders.REMOTE_PORT, origin.remote().getPort(),
                PeerHeaders.LISTENER, origin.listener()));
    }

    Origin origin() {
        return origin;
    }

    @Nullable
    String tlsSubject() {
        return tlsSubject;
    }

    /** Those of all the connection's messages, once it has ended well. */
    PeerHeaders headers() {
        return headers;
    }

    /** Whether the connection is let in, so that it is anybody's business. */
    boolean isIn() {
        ProxiedEntry entry = socket.entry();
        return entry == null || entry.isIn();
    }

    private boolean isProxysOwn() {
        ProxiedEntry entry = socket.entry();
        return entry != null && entry.isOwn();
    }

    /** Answers why the connection cannot be used; null if it can. */
    Reason.@Nullable Closed run() throws IOException {
        ProxiedEntry entry = socket.entry();
        if (entry != null && !getIn(entry)) {
            return Reason.Closed.PEER;
        }
        SSLSocket tls = socket.tls();
        return tls == null ? null : secure(tls);
    }

    /** Answers whether the connection is let in, once a proxy has told whose it is. */
    private boolean getIn(ProxiedEntry entry) throws IOException {
        deadlines.beginHandshake();
        InetSocketAddress source = entry.await(memory);
        if (source == null) {
            return false;
        }
        origin = new Origin(origin.listener(), origin.connection(), origin.stream(), source);
        headers = headers(origin);
        if (!socket.isTls()) {
            deadlines.endHandshake();
        }
        return true;
    }

    private Reason.@Nullable Closed secure(SSLSocket tls) throws IOException {
        deadlines.beginHandshake();
        if (!memory.tryGrow(MemoryBudget.TLS)) {
            throw new SocketException("Socket closed");
        }
        try {
            tls.startHandshake();
            memory.settle();
            TlsPort.refuseRenegotiation(tls);
            String subject = PeerCertificate.subject(tls);
            if (subject != null) {
                tlsSubject = subject;
                headers = headers.with(PeerHeaders.TLS_SUBJECT, subject);
            }
            return null;
        } catch (SSLException | SocketException ex) {
            return refused(ex);
        } finally {
            deadlines.endHandshake();
        }
    }

    private Reason.Closed refused(IOException ex) {
        if (TlsInput.hasSaidNothing(ex)) {
            // So do those who only look whether the port is open.
            return ex instanceof SSLException ? Reason.Closed.PEER : Reason.Closed.BROKEN;
        }
        TlsTrouble trouble = TlsTrouble.of(ex);
        if (trouble == TlsTrouble.BROKEN_OFF && isProxysOwn()) {
            // It has seen that there is TLS, and looks again every few seconds.
            return Reason.Closed.PEER;
        }
        if (!closing.getAsBoolean()) {
            transport.troubles().tls(trouble, origin.remote(), ex);
        }
        return trouble.closed();
    }
}
