package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What it costs to know who thousands of connections are, and to let one of thousands have an identity. */
@ResourceLock(SluiceProcess.PROCESSES)
final class IdentifiedConnectionsTests {

    private static final int PARALLEL = 16;
    private static final int MOST_HEAP_PER_IDENTITY = 400;

    private static final String YAML = """
        sluice.listeners.port:
          tcp: { address: 127.0.0.1, port: 0, backlog: 1000 }
          limits: { max-connections: 20000, max-connections-per-address: 20000 }
          identity.twice: %s
          rules:
            - match.text: "login {imei:15}"
              identify: "{imei}"
              reply.text: "welcome"
              forward: false
            - { reply.type: echo }
        """;

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void tenThousandIdentitiesCostLittle() throws Exception {
        int count = 10_000;
        List<Socket> sockets = new ArrayList<>();
        try (ExecutorService threads = pool();
                SluiceProcess sluice = SluiceProcess.startUsually(folder, YAML.formatted("allow"))) {
            int port = sluice.port("port");
            connect(count, port, threads, sockets);
            await().atMost(Duration.ofMinutes(1)).until(() -> sluice.open("port") == count);
            each(count, threads, i -> exchange(sockets.get(i), "plain %015d".formatted(i)));
            sluice.liveHeap();
            long unidentified = sluice.liveHeap();
            each(count, threads, i -> exchange(sockets.get(i), "login %015d".formatted(i)));
            sluice.liveHeap();
            long perIdentity = (sluice.liveHeap() - unidentified) / count;
            System.out.printf("%d identified connections: %d bytes of live heap more each%n", count, perIdentity);
            assertThat(perIdentity).isLessThanOrEqualTo(MOST_HEAP_PER_IDENTITY);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"replace", "refuse"})
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void ofFiveThousandThatClaimOneIdentityExactlyOneStays(String twice) throws Exception {
        int count = 5_000;
        List<Socket> sockets = new ArrayList<>();
        try (ExecutorService threads = pool();
                SluiceProcess sluice = SluiceProcess.startUsually(folder, YAML.formatted(twice))) {
            connect(count, sluice.port("port"), threads, sockets);
            await().atMost(Duration.ofMinutes(1)).until(() -> sluice.open("port") == count);
            for (Socket socket : sockets) {
                socket.getOutputStream().write("login 123456789012345\n".getBytes(US_ASCII));
            }
            // Until then one that is to be replaced yet would be taken for one that stays.
            await().atMost(Duration.ofMinutes(1)).until(() -> sluice.open("port") == 1);
            int open = 0;
            for (Socket socket : sockets) {
                open += staysOpen(socket) ? 1 : 0;
            }
            assertThat(open).isEqualTo(1);
            assertThat(sluice.open("port")).isEqualTo(1);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static ExecutorService pool() {
        return Executors.newFixedThreadPool(PARALLEL, Thread.ofVirtual().factory());
    }

    private interface Step {
        void of(int connection) throws Exception;
    }

    private static void each(int count, ExecutorService threads, Step step) throws Exception {
        List<Callable<Void>> steps = IntStream.range(0, count)
                .<Callable<Void>>mapToObj(i -> () -> {
                    step.of(i);
                    return null;
                })
                .toList();
        for (Future<Void> done : threads.invokeAll(steps)) {
            done.get();
        }
    }

    private static void connect(int count, int port, ExecutorService threads, List<Socket> sockets) throws Exception {
        Callable<Socket> connect = () -> new Socket(InetAddress.getLoopbackAddress(), port);
        for (Future<Socket> socket : threads.invokeAll(
                IntStream.range(0, count).mapToObj(_ -> connect).toList())) {
            sockets.add(socket.get());
        }
    }

    private static void exchange(Socket socket, String line) throws IOException {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
        int c = socket.getInputStream().read();
        while (c != '\n') {
            assertThat(c).isPositive();
            c = socket.getInputStream().read();
        }
    }

    /** Asks for an echo, behind the answer to the login if there is one. */
    private static boolean staysOpen(Socket socket) {
        try {
            exchange(socket, "still there");
            exchange(socket, "still there");
            return true;
        } catch (IOException | AssertionError _) {
            return false;
        }
    }
}
