package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Peers that announce much and send little: nothing is set aside for what has not come. */
@ResourceLock(SluiceProcess.PROCESSES)
final class LengthHeaderTests {

    private static final long MOST_GROWTH_PER_CONNECTION = 5_000;
    private static final long NOISE = 10_000_000;
    /** In turn; the last is what one of the listeners takes for a message to come. */
    private static final int[] HEADERS = {Integer.MAX_VALUE, -1, 0, 1 << 30};

    @TempDir
    private Path folder;

    @Test
    void ofHundredsOfConnectionsCostNothing() throws Exception {
        announce(500);
    }

    @Test
    @Tag("long")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void ofTenThousandConnectionsCostNothing() throws Exception {
        announce(10_000);
    }

    private void announce(int count) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (SluiceProcess sluice = SluiceProcess.start(folder, """
            sluice:
              defaults: { tcp: { address: 127.0.0.1, backlog: 1000 }, timeouts.frame: 5m }
              listeners:
                skipping: { tcp.port: 0, framing: { type: length-prefixed, on-oversize: skip } }
                believing: { tcp.port: 0, framing: { type: length-prefixed, on-oversize: skip, max-size: 1GB } }
            """)) {
            int[] ports = {sluice.port("skipping"), sluice.port("believing")};
            for (int i = 0; i < count; i++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), ports[i % 2]));
            }
            await().atMost(Duration.ofMinutes(1)).until(() -> open(sluice) == count);
            sluice.liveHeap();
            long before = sluice.liveHeap();

            byte[] payload = new byte[3];
            for (int i = 0; i < count; i++) {
                send(sockets.get(i), HEADERS[i / 2 % HEADERS.length], payload);
            }
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> bytes(sluice, "skipping") + bytes(sluice, "believing")
                            == (long) count * (Integer.BYTES + payload.length));
            long growth = sluice.liveHeap() - before;

            System.out.printf("%d connections with length headers: heap grew by %d bytes%n", count, growth);
            assertThat(growth).isLessThan(Math.max(NOISE, count * MOST_GROWTH_PER_CONNECTION));
            assertThat(open(sluice)).isEqualTo(count);
            assertThat(sluice.log()).doesNotContain("Exception", "Error:");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void send(Socket socket, int header, byte[] payload) throws IOException {
        socket.getOutputStream()
                .write(ByteBuffer.allocate(Integer.BYTES + payload.length)
                        .putInt(header)
                        .put(payload)
                        .array());
    }

    private static int open(SluiceProcess sluice) {
        return sluice.open("skipping") + sluice.open("believing");
    }

    private static long bytes(SluiceProcess sluice, String listener) {
        return sluice.listener(listener).at("/bytes/received").asLong(0);
    }
}
