package dev.sluice.bench.load;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Connections that are there and say nothing. They come from 127.0.0.2, 127.0.0.3 and so on, a thousand from each, so
 * that neither ports run short nor those that another run has just left are missed.
 */
public final class IdleConnections implements Closeable {

    private static final int OF_AN_ADDRESS = 1000;
    private static final int PATIENCE_MILLIS = 10_000;

    private final InetSocketAddress server;
    private final List<Socket> sockets = new ArrayList<>();

    public IdleConnections(int port) {
        this.server = new InetSocketAddress("127.0.0.1", port);
    }

    public void growTo(int count) throws IOException {
        while (sockets.size() < count) {
            var socket = new Socket();
            sockets.add(socket);
            byte[] source = {127, 0, 0, (byte) (2 + sockets.size() / OF_AN_ADDRESS)};
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
            socket.connect(server, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    /**
     * Has a line come back on each, one after another: after this there is no doubt that the server still has all of
     * them.
     */
    public void exchange() throws IOException {
        byte[] line = ("x".repeat(63) + "\n").getBytes(StandardCharsets.US_ASCII);
        for (Socket socket : sockets) {
            socket.getOutputStream().write(line);
            if (!Arrays.equals(line, socket.getInputStream().readNBytes(line.length))) {
                throw new IOException("A line did not come back on an idle connection");
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
