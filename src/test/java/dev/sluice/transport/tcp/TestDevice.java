package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A device that is a server: it can be turned off and on again, and then has the same address. */
public final class TestDevice implements AutoCloseable {

    private final ServerSocketFactory sockets;
    private final String host;
    private final int port;
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile ServerSocket server;

    private TestDevice(ServerSocketFactory sockets, String host) throws IOException {
        this.sockets = sockets;
        this.host = host;
        this.server = bound(0);
        this.port = server.getLocalPort();
        accept(server);
    }

    public static TestDevice at(String host) throws IOException {
        return new TestDevice(ServerSocketFactory.getDefault(), host);
    }

    /** One that speaks TLS. */
    static TestDevice speaking(ServerSocketFactory sockets) throws IOException {
        return new TestDevice(sockets, "127.0.0.1");
    }

    private ServerSocket bound(int at) throws IOException {
        ServerSocket socket = sockets.createServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName(host), at));
        return socket;
    }

    private void accept(ServerSocket from) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = from.accept();
                    connections.add(socket);
                    accepted.incrementAndGet();
                    Thread.ofVirtual().start(() -> listen(socket));
                    if (from.isClosed()) {
                        socket.close();
                    }
                }
            } catch (IOException ex) {
                // It is turned off.
            }
        });
    }

    private void listen(Socket socket) {
        try (socket;
                BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            lines.lines().forEach(received::add);
        } catch (IOException | UncheckedIOException ex) {
            // Its connection broke.
        } finally {
            connections.remove(socket);
        }
    }

    /** Returns where it is dialled. */
    public String address() {
        return host + ":" + port;
    }

    int port() {
        return port;
    }

    /** Returns how many connections it has taken so far. */
    int accepted() {
        return accepted.get();
    }

    int open() {
        return connections.size();
    }

    /** Returns the lines that it was sent. */
    public List<String> received() {
        return received;
    }

    /** Sends a line to everybody who is connected, once somebody is: who dials may know of that first. */
    public void send(String line) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !connections.isEmpty());
        for (Socket socket : connections) {
            try {
                socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
            } catch (IOException ex) {
                // It has gone.
            }
        }
    }

    void turnOn() throws IOException {
        server = bound(port);
        accept(server);
    }

    void turnOff() throws IOException {
        server.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }

    /** Breaks all connections off by a reset. */
    void reset() throws IOException {
        for (Socket socket : connections) {
            try {
                socket.setSoLinger(true, 0);
            } catch (SocketException ex) {
                // It has ended already.
            }
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        turnOff();
    }
}
