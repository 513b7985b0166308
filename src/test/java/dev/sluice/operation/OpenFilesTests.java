package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A process that has as many files open as it may. */
@ResourceLock(SluiceProcess.PROCESSES)
final class OpenFilesTests {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    private Path folder;

    @Test
    void connectionsBeyondTheLimitWaitAndTheOthersAreServed() throws Exception {
        exhaust(512, Duration.ofSeconds(1));
    }

    @Test
    @Tag("long")
    void theListenerOutlastsHalfAMinuteOfThis() throws Exception {
        exhaust(1024, Duration.ofSeconds(30));
    }

    private void exhaust(int limit, Duration length) throws Exception {
        assumeThat(Path.of("/usr/bin/prlimit")).as("prlimit of util-linux").exists();
        // Left to itself, Java raises its own limit to what it may at most.
        List<String> prlimit = List.of("/usr/bin/prlimit", "--nofile=" + limit + ":" + limit);
        List<Socket> waiting = new ArrayList<>();
        try (SluiceProcess sluice = SluiceProcess.start(folder, """
            sluice.listeners.echo:
              tcp: { address: 127.0.0.1, port: 0, backlog: 1000 }
              reply.type: echo
            """, prlimit)) {
            int port = sluice.port("echo");
            assertThat(sluice.meter("sluice.accept.errors", "echo")).isZero();
            int served = 0;
            int errors;
            try (EchoLoad load = EchoLoad.start(port, 16)) {
                // So many that the process cannot have them all; the kernel holds the rest.
                for (int i = 0; i < limit; i++) {
                    waiting.add(new Socket(InetAddress.getLoopbackAddress(), port));
                }
                for (Socket socket : waiting) {
                    if (echoes(socket, served + ".", served == 0 ? 5000 : 1000)) {
                        served++;
                    } else {
                        break;
                    }
                }
                assertThat(served).isBetween(1, limit - 16);
                long until = System.nanoTime() + length.toNanos();
                do {
                    load.awaitAnswersToAll();
                    assertThat(echoes(waiting.getFirst(), "still", 20_000)).isTrue();
                } while (System.nanoTime() < until);
                load.finish();
                assertThat(load.endsOfStream()).isEqualTo(16);
            }
            // 16 have gone, so 16 of those who waited are served now; and all, once those before them have gone.
            for (Socket socket : waiting.subList(0, served)) {
                socket.close();
            }
            for (Socket socket : waiting.subList(served + 1, waiting.size())) {
                assertThat(echoes(socket, "at last", 20_000)).isTrue();
                socket.close();
            }
            waiting.get(served).close();
            await().atMost(PATIENCE).until(() -> sluice.open("echo") == 0);
            errors = (int) sluice.meter("sluice.accept.errors", "echo");
            assertThat(errors).isPositive();
            assertThat(sluice.state("echo")).isEqualTo("RUNNING");
            assertThat(sluice.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            try (EchoLoad load = EchoLoad.start(port, 16)) {
                load.finish();
            }
            assertThat(sluice.log()).contains("accepting failed, trying on").doesNotContain("Exception", "Error:");
            System.out.printf(
                    "limit of %d open files: %d + 16 of %d connections served, %d accept errors%n",
                    limit, served, limit + 16, errors);
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    /** Whether a line comes back in time; none is sent twice to the one that waits. */
    private static boolean echoes(Socket socket, String text, int millis) throws IOException {
        byte[] line = (text + "\n").getBytes(StandardCharsets.US_ASCII);
        socket.setSoTimeout(millis);
        socket.getOutputStream().write(line);
        try {
            assertThat(socket.getInputStream().readNBytes(line.length)).isEqualTo(line);
            return true;
        } catch (SocketTimeoutException ex) {
            return false;
        }
    }
}
