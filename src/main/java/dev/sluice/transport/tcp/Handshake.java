package dev.sluice.transport.tcp;

import dev.sluice.extension.SluiceHeaders;
import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Origin;
import dev.sluice.message.PeerHeaders;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Map;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.ip.IpHeaders;

/**
 * What comes before all else on a connection: the PROXY header, by which a proxy tells whose it is, and the TLS
 * handshake, by which the peer may. Both together have one deadline. Belongs to the connection's thread; whose the
 * connection is may be asked by any.
 */
final class Handshake {

    private final AcceptedSocket socket;
    private final Deadlines deadlines;
    private final Holding memory;
    private final BiConsumer<TlsTrouble, IOException> refused;

    /** Until a proxy has told whose the connection is, the proxy's. */
    private volatile Origin origin;

    private volatile @Nullable String tlsSubject;
    private PeerHeaders headers;

    /**
     * @param origin of the socket that was accepted
     * @param memory of the connection
     * @param refused hears why there is no TLS
     */
    Handshake(
            AcceptedSocket socket,
            Origin origin,
            Deadlines deadlines,
            Holding memory,
            BiConsumer<TlsTrouble, IOException> refused) {
        this.socket = socket;
        this.origin = origin;
        this.deadlines = deadlines;
        this.memory = memory;
        this.refused = refused;
        this.headers = headers(origin);
    }

    private static PeerHeaders headers(Origin origin) {
        String address = origin.remoteAddress();
        return new PeerHeaders(Map.of(
                IpHeaders.CONNECTION_ID, origin.connection(),
                IpHeaders.HOSTNAME, address,
                IpHeaders.IP_ADDRESS, address,
                IpHeaders.REMOTE_PORT, origin.remote().getPort(),
                SluiceHeaders.LISTENER, origin.listener()));
    }

    Origin origin() {
        return origin;
    }

    /** The peer has said who it is, behind the handshake. */
    void identified(Origin identified) {
        origin = identified;
        headers = identified.identity() == null
                ? headers.without(SluiceHeaders.IDENTITY)
                : headers.with(SluiceHeaders.IDENTITY, identified.identity());
    }

    @Nullable
    String tlsSubject() {
        return tlsSubject;
    }

    /** Those of all the connection's messages, once it has ended well. */
    PeerHeaders headers() {
        return headers;
    }

    /** Returns why the connection cannot be used; null if it can. */
    Reason.@Nullable Closed run() throws IOException {
        ProxiedEntry entry = socket.entry();
        if (entry != null && !getIn(entry)) {
            return Reason.Closed.PEER;
        }
        SSLSocket tls = socket.tls();
        return tls == null ? null : secure(tls);
    }

    /** Returns whether the connection is let in, once a proxy has told whose it is. */
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
            TlsTerms.refuseRenegotiation(tls);
            String subject = PeerCertificate.subject(tls);
            if (subject != null) {
                tlsSubject = subject;
                headers = headers.with(SluiceHeaders.TLS_SUBJECT, subject);
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
        if (trouble == TlsTrouble.BROKEN_OFF && socket.isProxysOwn()) {
            // It has seen that there is TLS, and looks again every few seconds.
            return Reason.Closed.PEER;
        }
        refused.accept(trouble, ex);
        return trouble.closed();
    }
}
