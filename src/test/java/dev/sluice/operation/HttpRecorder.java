package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server that takes every request. */
final class HttpRecorder implements SinkRecorder {

    private final Deliveries deliveries = new Deliveries();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    HttpRecorder() throws IOException {
        this(0);
    }

    /**
     * @param port 0 for any that is free
     */
    HttpRecorder(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                String line = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
                deliveries.add(exchange.getRequestHeaders().getFirst("ce-id"), line);
                exchange.sendResponseHeaders(204, -1);
            }
        });
        server.setExecutor(threads);
        server.start();
    }

    @Override
    public String yaml() {
        return "sluice.sinks.recorder.http.url: 'http://127.0.0.1:"
                + server.getAddress().getPort() + "/'";
    }

    @Override
    public Deliveries look() {
        return deliveries;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
