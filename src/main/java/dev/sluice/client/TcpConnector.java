package dev.sluice.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Opens a connection to the first address of the peer that takes it. */
final class TcpConnector {

    private final Peer peer;
    private final Optional<TlsUpgrade> tls;

    TcpConnector(Peer peer, Optional<TlsUpgrade> tls) {
        this.peer = peer;
        this.tls = tls;
    }

    Socket connect() throws ClientFailure {
        List<InetAddress> addresses = peer.addresses();
        long deadline = System.nanoTime() + peer.timeout().toNanos();
        IOException first = null;
        for (int i = 0; i < addresses.size(); i++) {
            // So that an address that swallows packets leaves time for those after it.
            long share = (deadline - System.nanoTime()) / (addresses.size() - i);
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(addresses.get(i), peer.port()), (int)
                        Math.max(1, TimeUnit.NANOSECONDS.toMillis(share)));
                socket.setTcpNoDelay(true);
                return tls.isEmpty() ? socket : tls.get().upgrade(socket, peer);
            } catch (IOException ex) {
                close(socket);
                if (first == null || first instanceof SocketTimeoutException) {
                    first = ex;
                }
            } catch (ClientFailure ex) {
                close(socket);
                throw ex;
            }
        }
        throw peer.notConnected(first == null ? new SocketTimeoutException() : first);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException ex) {
            // It was of no use anyway.
        }
    }
}
