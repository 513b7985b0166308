package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** SIGKILL while a web server refuses the messages of a hundred connections and takes those of others. */
@ResourceLock(SluiceProcess.PROCESSES)
final class KilledHeldStreamsTests {

    private static final int REFUSED = 100;
    private static final int CONNECTIONS = 120;
    private static final int LINES = 20;
    private static final int BATCH = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    /** Lines that were taken, by connection, in order. */
    private final Map<Integer, List<Integer>> taken = new LinkedHashMap<>();

    private final AtomicInteger takenOfRefused = new AtomicInteger();
    private volatile Predicate<Integer> refuses = connection -> connection < REFUSED;

    @Test
    void nothingIsLostOrderIsKeptAndFewComeTwice() throws Exception {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                String line = new String(exchange.getRequestBody().readAllBytes(), US_ASCII);
                exchange.sendResponseHeaders(take(line) ? 204 : 500, -1);
            }
        });
        server.setExecutor(threads);
        server.start();
        String yaml = """
            sluice.listeners.in:
              tcp: { address: 127.0.0.1, port: 0 }
              reply: { type: text, text: "OK" }
              sinks: [hook]
              delivery: { backoff: 100ms, max-backoff: 500ms }
            sluice.sinks.hook.http.url: 'http://127.0.0.1:%d/'
            """.formatted(server.getAddress().getPort());
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml, HeadlessSluice.java())) {
            send(sluice.awaitPort("in"));
            await().atMost(PATIENCE).until(() -> distinct() == (CONNECTIONS - REFUSED) * LINES);
            assertThat(total()).isEqualTo(distinct());
            sluice.kill();
        }
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml, HeadlessSluice.java())) {
            sluice.awaitPort("in");
            refuses = connection -> false;
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> takenOfRefused.get() > REFUSED * LINES / 4);
            sluice.kill();
        }
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml, HeadlessSluice.java())) {
            sluice.awaitPort("in");
            await().atMost(PATIENCE).until(() -> distinct() == CONNECTIONS * LINES);
            assertThat(sluice.log()).doesNotContain(" ERROR ");
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
        synchronized (taken) {
            taken.forEach((connection, lines) -> assertThat(withoutRepeats(lines))
                    .as("connection %d", connection)
                    .isSorted()
                    .hasSize(LINES));
        }
        System.out.printf("%d lines, %d of them again after two kills%n", distinct(), total() - distinct());
        assertThat(total() - distinct()).isLessThanOrEqualTo(2 * 2 * BATCH);
    }

    private boolean take(String line) {
        int connection = Integer.parseInt(line.substring(0, line.indexOf(' ')));
        if (refuses.test(connection)) {
            return false;
        }
        synchronized (taken) {
            taken.computeIfAbsent(connection, c -> new ArrayList<>())
                    .add(Integer.parseInt(line.substring(line.indexOf(' ') + 1)));
        }
        if (connection < REFUSED) {
            takenOfRefused.incrementAndGet();
        }
        return true;
    }

    private int total() {
        synchronized (taken) {
            return taken.values().stream().mapToInt(List::size).sum();
        }
    }

    private int distinct() {
        synchronized (taken) {
            return taken.values().stream()
                    .mapToInt(lines -> (int) lines.stream().distinct().count())
                    .sum();
        }
    }

    /** As whoever knows the ids would see them: each when it came first. */
    private static List<Integer> withoutRepeats(List<Integer> lines) {
        return lines.stream().distinct().toList();
    }

    /** Each line is answered before the next, so that all are accepted. */
    private static void send(int port) throws Exception {
        for (int connection = 0; connection < CONNECTIONS; connection++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                    BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
                for (int line = 1; line <= LINES; line++) {
                    socket.getOutputStream().write((connection + " " + line + "\n").getBytes(US_ASCII));
                    assertThat(in.readLine()).isEqualTo("OK");
                }
            }
        }
    }
}
