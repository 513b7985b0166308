package dev.sluice.sink.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/**
 * A web server that appends the body of each request to a file and forces it to the disk before it answers 200. It is
 * also a program of its own, for those who want to kill it.
 */
public final class DiskServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final FileChannel file;

    /**
     * @param file that may be there already; a line that a crash has cut short is removed
     * @param port 0 for any that is free
     */
    public DiskServer(Path file, int port) throws IOException {
        this.file = openAtEndOfLines(file);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::store);
        server.setExecutor(threads);
        server.start();
    }

    /** Serves until it is killed. Its arguments are the file and the port. */
    public static void main(String[] args) throws IOException {
        DiskServer server = new DiskServer(Path.of(args[0]), Integer.parseInt(args[1]));
        System.out.println("port " + server.port());
    }

    private static FileChannel openAtEndOfLines(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        long end = file.length();
        boolean whole = false;
        while (end > 0 && !whole) {
            file.seek(end - 1);
            whole = file.read() == '\n';
            end -= whole ? 0 : 1;
        }
        file.setLength(end);
        file.seek(end);
        return file.getChannel();
    }

    private void store(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (InputStream in = gzip ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
                append(in.readAllBytes());
            }
            byte[] answer = "stored".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private synchronized void append(byte[] body) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(body);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        file.force(false);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port() + "/";
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        threads.shutdownNow();
        file.close();
    }
}
