package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Peers that send and send, and read none of the answers. */
@Isolated("measures latencies")
final class UnreadingPeersTests {

    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(2);
    /** Since when a peer does not read is known but roughly, and the machine may be busy. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final int GOOD = 20;
    private static final byte[] LINE = "are you there?\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    @Test
    void areClosedInTimeWhileOthersAreServed() throws Exception {
        meetUnreading(20, port -> {
            DeafPeers deaf = new DeafPeers(port, 20);
            return deaf::close;
        });
    }

    @Test
    @Tag("long")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void ofAProcessThatIsStoppedAreClosedInTimeWhileOthersAreServed() throws Exception {
        meetUnreading(200, port -> {
            Process process = new ProcessBuilder(
                            SluiceProcess.java(DeafPeers.class.getName(), Integer.toString(port), "200"))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output = process.inputReader();
            assertThat(output.readLine()).isEqualTo("writing");
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            return () -> process.destroyForcibly().waitFor();
        });
    }

    /** Starts peers that do not read; what comes back ends them. */
    private interface Unreading {
        AutoCloseable start(int port) throws Exception;
    }

    private void meetUnreading(int count, Unreading unreading) throws Exception {
        List<Socket> good = new ArrayList<>();
        try (SluiceProcess sluice = SluiceProcess.start(folder, """
            sluice.listeners.echo:
              tcp: { address: 127.0.0.1, port: 0, backlog: 500, send-buffer: 64KB }
              reply.type: echo
              timeouts.write: %ds
            """.formatted(WRITE_TIMEOUT.toSeconds()))) {
            int port = sluice.port("echo");
            for (int i = 0; i < GOOD; i++) {
                good.add(sluice.connect("echo"));
            }
            latencies(good, Duration.ofSeconds(2)); // so that what is measured has been compiled
            sluice.liveHeap();
            Latencies before = latencies(good, Duration.ofSeconds(2));
            long heapBefore = sluice.liveHeap();
            int threadsBefore = sluice.platformThreads();

            long begun = System.nanoTime();
            AutoCloseable peers = unreading.start(port);
            long unread = System.nanoTime();
            try {
                assertThat(sluice.open("echo")).isEqualTo(GOOD + count);
                List<Long> samples = new ArrayList<>();
                long closed = 0;
                long first = 0;
                while (closed < count && System.nanoTime() - unread < TimeUnit.SECONDS.toNanos(30)) {
                    samples.addAll(latencies(good, Duration.ofMillis(100)).sorted());
                    closed = sluice.closed("echo", "write-timeout");
                    if (first == 0 && closed > 0) {
                        first = System.nanoTime() - begun;
                    }
                }
                Duration last = Duration.ofNanos(System.nanoTime() - unread);
                Latencies during = Latencies.of(samples);
                assertThat(closed).isEqualTo(count);
                assertThat(sluice.open("echo")).isEqualTo(GOOD);
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(sluice.platformThreads()).isLessThanOrEqualTo(threadsBefore + 8));
                long heapAfter = sluice.liveHeap();
                System.out.printf(
                        "%d peers do not read: latency before %s, during %s; first closed %d ms after they began, all"
                                + " %d ms after they stopped; live heap %d -> %d KB, threads %d -> %d%n",
                        count,
                        before,
                        during,
                        first / 1_000_000,
                        last.toMillis(),
                        heapBefore / 1024,
                        heapAfter / 1024,
                        threadsBefore,
                        sluice.platformThreads());
                assertThat(Duration.ofNanos(first)).isGreaterThan(WRITE_TIMEOUT.minusMillis(100));
                assertThat(last).isLessThan(WRITE_TIMEOUT.plusSeconds(1).plus(TOLERANCE));
                assertThat(during.at(0.99))
                        .isLessThan(before.at(0.99) * 10 + Duration.ofMillis(50).toNanos());
                assertThat(heapAfter).isLessThan(heapBefore + 4 * 1024 * 1024);
            } finally {
                peers.close();
            }
            latencies(good, Duration.ofMillis(100));
        } finally {
            for (Socket socket : good) {
                socket.close();
            }
        }
    }

    /** Nanoseconds from a line sent to its echo, in ascending order. */
    private record Latencies(List<Long> sorted) {

        static Latencies of(List<Long> samples) {
            return new Latencies(samples.stream().sorted().toList());
        }

        long at(double quantile) {
            return sorted.get((int) (quantile * (sorted.size() - 1)));
        }

        @Override
        public String toString() {
            return "p50 %d us, p99 %d us (of %d)".formatted(at(0.5) / 1000, at(0.99) / 1000, sorted.size());
        }
    }

    /** Asks one peer after the other, round and round. */
    private static Latencies latencies(List<Socket> peers, Duration length) throws IOException {
        List<Long> samples = new ArrayList<>();
        long until = System.nanoTime() + length.toNanos();
        while (System.nanoTime() < until) {
            for (Socket peer : peers) {
                long sent = System.nanoTime();
                peer.getOutputStream().write(LINE);
                assertThat(Arrays.equals(peer.getInputStream().readNBytes(LINE.length), LINE))
                        .isTrue();
                samples.add(System.nanoTime() - sent);
            }
        }
        return Latencies.of(samples);
    }

    /** Connections that write as fast as they are allowed to, until they are closed; also a program of its own. */
    static final class DeafPeers {

        private final List<Socket> sockets = new ArrayList<>();

        /** Returns when each has written more than can be answered without its reading. */
        DeafPeers(int port, int count) throws IOException, InterruptedException {
            byte[] requests = ("x".repeat(10_000) + "\n").repeat(50).getBytes(StandardCharsets.US_ASCII);
            CountDownLatch written = new CountDownLatch(count);
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(16 * 1024);
                socket.setSendBufferSize(512 * 1024);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                sockets.add(socket);
                // So that the listener knows each before all that they send keeps it busy.
                socket.getOutputStream().write(LINE);
                assertAnswered(socket);
            }
            for (Socket socket : sockets) {
                Thread.ofVirtual().start(() -> write(socket, requests, written));
            }
            if (!written.await(1, TimeUnit.MINUTES)) {
                throw new IOException(written.getCount() + " could not write");
            }
        }

        private static void assertAnswered(Socket socket) throws IOException {
            if (socket.getInputStream().readNBytes(LINE.length).length != LINE.length) {
                throw new IOException("Not answered");
            }
        }

        private static void write(Socket socket, byte[] requests, CountDownLatch written) {
            try {
                socket.getOutputStream().write(requests);
                written.countDown();
                while (true) {
                    socket.getOutputStream().write(requests);
                }
            } catch (IOException ex) {
                // Closed, as was to be expected.
            }
        }

        void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }

        public static void main(String[] arguments) throws Exception {
            new DeafPeers(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
            System.out.println("writing");
            Thread.sleep(Duration.ofMinutes(5));
        }
    }
}
