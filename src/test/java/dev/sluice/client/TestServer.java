package dev.sluice.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server on a free port of the loopback address that treats each connection as its test wants. */
final class TestServer implements AutoCloseable {

    static final String GREETING = "成功连接服务器!";

    private final ServerSocket server;

    /** What a server does with a connection; closed after it. */
    interface Conversation {
        void with(Socket socket, InputStream in, OutputStream out) throws Exception;
    }

    TestServer(Conversation conversation) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), conversation);
    }

    TestServer(ServerSocket server, Conversation conversation) {
        this.server = server;
        Thread.startVirtualThread(() -> accept(conversation));
    }

    /** Gives back each byte until the peer ends its side. */
    static TestServer echo() throws IOException {
        return new TestServer((socket, in, out) -> in.transferTo(out));
    }

    /** Says this, then keeps the connection open until the peer has ended its side. */
    static TestServer saying(byte[] bytes) throws IOException {
        return new TestServer((socket, in, out) -> {
            out.write(bytes);
            in.readAllBytes();
        });
    }

    /** Greets, then echoes. */
    static TestServer greeting() throws IOException {
        return new TestServer((socket, in, out) -> {
            out.write(GREETING.getBytes(StandardCharsets.UTF_8));
            in.transferTo(out);
        });
    }

    String port() {
        return Integer.toString(server.getLocalPort());
    }

    private void accept(Conversation conversation) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> converse(socket, conversation));
            } catch (IOException ex) {
                return;
            }
        }
    }

    private static void converse(Socket socket, Conversation conversation) {
        try (socket) {
            conversation.with(socket, socket.getInputStream(), socket.getOutputStream());
        } catch (Exception ex) {
            // The test sees it from the other side.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
