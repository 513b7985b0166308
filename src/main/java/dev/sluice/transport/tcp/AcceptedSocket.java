package dev.sluice.transport.tcp;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The socket of a connection, in its layers: what the kernel knows of, the PROXY header that is read from it first, and
 * TLS over both. Each of the last two is there only where the listener wants it.
 */
final class AcceptedSocket {

    private static final int LINGER_QUIET_MILLIS = 200;
    private static final int UNREAD_BYTES = 1024;
    private static final long MOST_LINGER_NANOS = 1_000_000_000L;

    /** What the kernel knows of. */
    private final Socket accepted;
    /** Null where the connection was let in as soon as it was accepted. */
    private final @Nullable ProxiedEntry entry;
    /** What is read and written: the same, or TLS over it. */
    private final Socket socket;

    /**
     * @param entry by which it has to get in first, if it comes by way of a proxy
     * @param tls what is spoken over it, if that is TLS; its handshake is still to come
     */
    AcceptedSocket(Socket accepted, @Nullable ProxiedEntry entry, @Nullable TlsLayer tls) throws IOException {
        InputStream in = entry == null ? accepted.getInputStream() : entry.input();
        this.accepted = accepted;
        this.entry = entry;
        this.socket = tls == null ? accepted : tls.over(accepted, in);
    }

    /** Its lowest layer: to close it is to close all. */
    Socket accepted() {
        return accepted;
    }

    @Nullable
    ProxiedEntry entry() {
        return entry;
    }

    /** The peer that the kernel knows of, which may be a proxy. */
    InetSocketAddress peer() {
        return (InetSocketAddress) accepted.getRemoteSocketAddress();
    }

    /** Returns whether the connection is let in, so that it is anybody's business. */
    boolean isIn() {
        return entry == null || entry.isIn();
    }

    /** Returns whether it is a proxy's own, and no other's that the proxy passes on. */
    boolean isProxysOwn() {
        return entry != null && entry.isOwn();
    }

    /** What is written to. What is read comes from {@link #input()}. */
    Socket socket() {
        return socket;
    }

    @Nullable
    SSLSocket tls() {
        return socket instanceof SSLSocket tls ? tls : null;
    }

    boolean isTls() {
        return socket instanceof SSLSocket;
    }

    InputStream input() throws IOException {
        return entry == null || isTls() ? socket.getInputStream() : entry.input();
    }

    /**
     * Reads on for a moment without looking, once our side has been ended: closing with bytes unread would reset the
     * connection, and the answers on their way with it. Not by TLS, which would wait for the rest of whatever has begun
     * to come.
     */
    void linger() throws IOException {
        accepted.setSoTimeout(LINGER_QUIET_MILLIS);
        byte[] unread = new byte[UNREAD_BYTES];
        long until = System.nanoTime() + MOST_LINGER_NANOS;
        try {
            while (System.nanoTime() < until && accepted.getInputStream().read(unread) >= 0) {}
        } catch (SocketTimeoutException ex) {
            // The peer is quiet, and has had the time to take what was sent.
        }
    }

    /**
     * Has the close that follows reset the connection: the kernel would go on trying to send for a quarter of an hour.
     */
    void resetOnClose() throws IOException {
        socket.setSoLinger(true, 0);
    }
}
