package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A TCP server that is away while messages come in as fast as they are accepted. */
@ResourceLock(SluiceProcess.PROCESSES)
final class AbsentSinkTests {

    private static final int CONNECTIONS = 16;
    private static final Duration DRAINED = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    @Test
    void whatCameMeanwhileIsDeliveredInOrder() throws Exception {
        run(Duration.ofSeconds(5));
    }

    @Test
    @Tag("long")
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void whatCameInFiveMinutesIsDeliveredTwiceAsFastAndTakesNoHeap() throws Exception {
        Outcome outcome = run(Duration.ofMinutes(5));
        assertThat(outcome.heapLate).isLessThan(outcome.heapEarly + (32L << 20));
        assertThat(outcome.delivered).isGreaterThanOrEqualTo(2 * outcome.accepted);
    }

    /** Rates in messages a second, heaps in bytes. */
    private record Outcome(double accepted, double delivered, long heapEarly, long heapLate) {}

    private Outcome run(Duration away) throws Exception {
        int port = Ports.free();
        try (SluiceProcess sluice = SluiceProcess.start(folder, """
            sluice.listeners.in:
              tcp: { address: 127.0.0.1, port: 0 }
              reply: { type: text, text: "OK {sequence}", after: accepted }
              sinks: [upstream]
              delivery: { backoff: 100ms, max-backoff: 1s, max-spool-size: 20GB }
            sluice.sinks.upstream.tcp: { host: 127.0.0.1, port: %d, framing: { type: line } }
            """.formatted(port));
                NumberedLoad load = NumberedLoad.start(sluice.port("in"), 0, CONNECTIONS, Integer.MAX_VALUE)) {
            long begun = System.nanoTime();
            load.awaitAnswered(1);
            Thread.sleep(away.dividedBy(4));
            long heapEarly = sluice.liveHeap();
            Thread.sleep(away.dividedBy(4).multipliedBy(3));
            long heapLate = sluice.liveHeap();
            load.close();
            Map<Integer, Integer> accepted = load.awaitEnd();
            long taken = load.answered();
            double intake = perSecond(taken, begun);
            Deliveries deliveries = new Deliveries();
            long back = System.nanoTime();
            try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
                Thread.ofVirtual().start(() -> record(server, deliveries));
                await().atMost(DRAINED)
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> deliveries.missing(accepted), missing -> missing == 0);
            }
            double drained = perSecond(deliveries.distinct(), back);
            deliveries.assertRight(1);
            System.out.printf(
                    "Sink away for %d s: %d lines accepted at %.0f/s, drained at %.0f/s, %d again; live heap %d, then"
                            + " %d MB%n",
                    away.toSeconds(), taken, intake, drained, deliveries.repeats(), heapEarly >> 20, heapLate >> 20);
            return new Outcome(intake, drained, heapEarly, heapLate);
        }
    }

    /** Takes one connection after the other. */
    private static void record(ServerSocket server, Deliveries deliveries) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept();
                    BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
                String line;
                while ((line = in.readLine()) != null) {
                    // A line is the same message whenever it comes.
                    deliveries.add(line, line);
                }
            } catch (IOException ex) {
                // The next connection, or the end.
            }
        }
    }

    private static double perSecond(long messages, long since) {
        return messages / ((System.nanoTime() - since) / 1e9);
    }
}
