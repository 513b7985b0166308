package dev.sluice.sink.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A web server on a free port of the loopback address that keeps what it is sent. */
public final class WebServer implements AutoCloseable {

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Received> received = new CopyOnWriteArrayList<>();

    /** What a test wants a request to be answered with. */
    public interface Conversation {
        void with(HttpExchange exchange, Received request) throws Exception;
    }

    /**
     * A request.
     *
     * @param peer its connection, by the port at the other end
     */
    public record Received(String method, String path, Map<String, List<String>> headers, byte[] body, int peer) {

        public String header(String name) {
            return headers.get(name).getFirst();
        }
    }

    WebServer(Conversation conversation) throws IOException {
        this(HttpServer.create(address(), 0), "http", conversation);
    }

    private WebServer(HttpServer server, String scheme, Conversation conversation) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/", exchange -> {
            try (exchange) {
                Received request = new Received(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString(),
                        Map.copyOf(exchange.getRequestHeaders()),
                        exchange.getRequestBody().readAllBytes(),
                        exchange.getRemoteAddress().getPort());
                received.add(request);
                conversation.with(exchange, request);
            } catch (Exception ex) {
                throw new IOException(ex);
            }
        });
        server.setExecutor(threads);
        server.start();
    }

    public static WebServer answering(int status) throws IOException {
        return new WebServer((exchange, request) -> exchange.sendResponseHeaders(status, -1));
    }

    public static WebServer answering(int status, byte[] body) throws IOException {
        return new WebServer((exchange, request) -> {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        });
    }

    static WebServer withTls(SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create(address(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new WebServer(server, "https", (exchange, request) -> exchange.sendResponseHeaders(204, -1));
    }

    private static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return scheme + "://localhost:" + port() + "/in?source=test";
    }

    public List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
