package dev.sluice.sink;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on the loopback address that treats each connection as its test wants. Closing it breaks off all
 * connections.
 */
public final class SocketServer implements AutoCloseable {

    private final ServerSocket server = new ServerSocket();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    /** What the server does with a connection; closed after it. */
    @FunctionalInterface
    public interface Conversation {
        void with(InputStream in, OutputStream out) throws Exception;
    }

    public SocketServer(Conversation conversation) throws IOException {
        this(0, conversation);
    }

    /**
     * @param port 0 for any that is free
     */
    public SocketServer(int port, Conversation conversation) throws IOException {
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread.startVirtualThread(() -> accept(conversation));
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many it has accepted so far. */
    public int connections() {
        return connections.get();
    }

    private void accept(Conversation conversation) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.startVirtualThread(() -> converse(socket, conversation));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void converse(Socket socket, Conversation conversation) {
        try (socket) {
            conversation.with(socket.getInputStream(), socket.getOutputStream());
        } catch (Exception _) {
            // The test sees it from the other side.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
