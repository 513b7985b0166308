package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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

/** Many connections of which most are quiet: what they cost, and that they are still there. */
@ResourceLock(SluiceProcess.PROCESSES)
final class IdleConnectionsTests {

    private static final int PARALLEL = 16;
    private static final int MOST_HEAP_PER_CONNECTION = 10 * 1024;
    private static final int MOST_THREADS = 60;

    @TempDir
    private Path folder;

    @Test
    void hundredsCostLittleAndAreServed() throws Exception {
        stayIdle(500, Duration.ofSeconds(1));
    }

    @Test
    @Tag("long")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void tenThousandCostLittleAndAreServed() throws Exception {
        stayIdle(10_000, Duration.ofMinutes(1));
    }

    private void stayIdle(int count, Duration length) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(
                        PARALLEL, Thread.ofVirtual().factory());
                SluiceProcess sluice = SluiceProcess.startUsually(folder, """
                    sluice.listeners.echo:
                      tcp: { address: 127.0.0.1, port: 0, backlog: 1000 }
                      reply.type: echo
                    """)) {
            int port = sluice.port("echo");
            try (Socket first = sluice.connect("echo")) {
                assertThat(echo(first, 0)).isTrue();
            }
            await().until(() -> sluice.open("echo") == 0);
            sluice.liveHeap();
            long heapBefore = sluice.liveHeap();
            int threadsBefore = sluice.platformThreads();

            Callable<Socket> connect = () -> new Socket(InetAddress.getLoopbackAddress(), port);
            for (Future<Socket> socket : threads.invokeAll(
                    IntStream.range(0, count).mapToObj(i -> connect).toList())) {
                sockets.add(socket.get());
            }
            await().atMost(Duration.ofMinutes(1)).until(() -> sluice.open("echo") == count);
            long perConnection = (sluice.liveHeap() - heapBefore) / count;
            int threadsWith = sluice.platformThreads();
            await().pollDelay(length).atMost(length.plusMinutes(1)).until(() -> sluice.open("echo") == count);

            List<Callable<Boolean>> echoes = IntStream.range(0, count)
                    .<Callable<Boolean>>mapToObj(i -> () -> echo(sockets.get(i), i))
                    .toList();
            for (Future<Boolean> echoed : threads.invokeAll(echoes)) {
                assertThat(echoed.get()).isTrue();
            }
            long perServed = (sluice.liveHeap() - heapBefore) / count;
            assertThat(sluice.messages("echo", "replied")).isEqualTo(count + 1);
            System.out.printf(
                    "%d idle connections: %d bytes of live heap each, %d once served; %d threads before, %d with, %d"
                            + " after serving%n",
                    count, perConnection, perServed, threadsBefore, threadsWith, sluice.platformThreads());
            assertThat(perConnection).isLessThan(MOST_HEAP_PER_CONNECTION);
            assertThat(perServed).isLessThan(MOST_HEAP_PER_CONNECTION);
            assertThat(threadsWith).isLessThan(MOST_THREADS);
            assertThat(sluice.platformThreads()).isLessThan(MOST_THREADS);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static boolean echo(Socket socket, int number) throws IOException {
        byte[] line = ("this is " + number + "\n").getBytes(StandardCharsets.US_ASCII);
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(line);
        return new String(socket.getInputStream().readNBytes(line.length), StandardCharsets.US_ASCII)
                .equals(new String(line, StandardCharsets.US_ASCII));
    }
}
