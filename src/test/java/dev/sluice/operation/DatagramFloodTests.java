package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** More datagrams than the kernel keeps for a listener that is paused. */
@EnabledOnOs(OS.LINUX)
@ResourceLock(SluiceProcess.PROCESSES)
final class DatagramFloodTests {

    @TempDir
    private Path folder;

    @Test
    void isCountedToTheLastDatagram() throws Exception {
        flood(20_000);
    }

    @Test
    @Tag("long")
    void isCountedToTheLastOfMillions() throws Exception {
        flood(3_000_000);
    }

    private void flood(int count) throws Exception {
        try (SluiceProcess sluice = SluiceProcess.start(folder, """
            sluice.listeners.flooded:
              udp: { address: 127.0.0.1, port: 0 }
            """);
                DatagramSocket socket = new DatagramSocket()) {
            InetAddress loopback = InetAddress.getByName("127.0.0.1");
            int port = sluice.port("flooded");
            assertThat(sluice.steer("flooded", "pause").statusCode()).isEqualTo(200);
            DatagramPacket packet = new DatagramPacket(new byte[1000], 1000, loopback, port);
            for (int i = 0; i < count; i++) {
                socket.send(packet);
            }
            long dropped = dropped(sluice);
            assertThat(dropped).isPositive();
            assertThat(sluice.messages("flooded", "received")).isZero();
            assertThat(sluice.state("flooded")).isEqualTo("PAUSED");

            assertThat(sluice.steer("flooded", "resume").statusCode()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(sluice.messages("flooded", "received") + dropped(sluice))
                            .isEqualTo(count));
            System.out.printf(
                    "%d datagrams at a paused listener: %d dropped by the kernel, %d received once resumed%n",
                    count, dropped(sluice), sluice.messages("flooded", "received"));
            assertThat(dropped(sluice)).isEqualTo(dropped);
            long received = sluice.messages("flooded", "received");
            socket.send(packet);
            await().until(() -> sluice.messages("flooded", "received") == received + 1);
            assertThat(sluice.steer("flooded", "stop").statusCode()).isEqualTo(200);
            assertThat(dropped(sluice)).as("kept once stopped").isEqualTo(dropped);
            assertThat(sluice.isAlive()).isTrue();
        }
    }

    private static long dropped(SluiceProcess sluice) {
        return (long) sluice.meter("sluice.datagrams.dropped.kernel", "flooded");
    }
}
