package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UdpListenerTests {

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              listeners:
                echo: { udp: { address: 127.0.0.1, port: 0 }, framing.max-size: 64KB, reply.type: echo }
                echo6: { udp: { address: "::1", port: 0 }, framing.max-size: 64KB, reply.type: echo }
                small: { udp: { address: 127.0.0.1, port: 0 }, framing.max-size: 100B, reply: { type: text, text: "OK {sequence}" } }
                shared: { udp: { address: 127.0.0.1, port: 0, receivers: 3, receive-buffer: 1MB }, reply.type: echo }
                paused: { udp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                drained: { udp: { address: 127.0.0.1, port: 0, receive-buffer: 1MB } }
                group: { udp: { port: 0, multicast: { group: 239.255.77.77, interface: lo } }, reply.type: echo }
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void sendsBackDatagramsOfEverySizeByteForByte() throws IOException {
        Random random = new Random(1);
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int size : new int[] {0, 1, 1024, 2049, 9000, 65_507}) {
                byte[] payload = new byte[size];
                random.nextBytes(payload);
                sluice.sendDatagram(socket, "echo", payload);
                assertThat(RunningSluice.receiveDatagram(socket)).isEqualTo(payload);
            }
        }
    }

    @Test
    void sendsBackTheLargestDatagramOfIpv6Whole() throws IOException {
        byte[] payload = new byte[65_527];
        new Random(2).nextBytes(payload);
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("::1"))) {
            socket.setSoTimeout(20_000);
            socket.send(
                    new DatagramPacket(payload, payload.length, InetAddress.getByName("::1"), sluice.port("echo6")));
            assertThat(RunningSluice.receiveDatagram(socket)).isEqualTo(payload);
        }
    }

    @Test
    void countsADatagramThatIsTooLargeAndHandsNoneOnCutShort() throws IOException {
        Traffic traffic = sluice.traffic("small");
        try (DatagramSocket socket = new DatagramSocket()) {
            sluice.sendDatagram(socket, "small", new byte[101]);
            sluice.sendDatagram(socket, "small", new byte[100]);
            assertThat(RunningSluice.receiveDatagram(socket)).asString().isEqualTo("OK 1");
        }
        await().untilAsserted(() -> assertThat(traffic.accepted.sum()).isEqualTo(1));
        assertThat(traffic.received.sum()).isEqualTo(2);
        assertThat(traffic.dropped(Reason.Dropped.OVERSIZE).sum()).isEqualTo(1);
    }

    @Test
    void sharesAPortAmongReceivers() throws IOException {
        for (int i = 0; i < 50; i++) {
            try (DatagramSocket socket = new DatagramSocket()) {
                byte[] payload = ("from " + i).getBytes(StandardCharsets.US_ASCII);
                sluice.sendDatagram(socket, "shared", payload);
                assertThat(RunningSluice.receiveDatagram(socket)).isEqualTo(payload);
            }
        }
        await().untilAsserted(() ->
                assertThat(sluice.traffic("shared").accepted.sum()).isEqualTo(50));
    }

    @Test
    void leavesDatagramsToTheKernelWhilePaused() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            sluice.listener("paused").pause();
            sluice.sendDatagram(socket, "paused", "1".getBytes(StandardCharsets.US_ASCII));
            sluice.sendDatagram(socket, "paused", "2".getBytes(StandardCharsets.US_ASCII));
            assertThat(sluice.traffic("paused").received.sum()).isZero();
            sluice.listener("paused").resume();
            assertThat(Set.of(text(socket), text(socket))).isEqualTo(Set.of("1", "2"));
        }
    }

    @Test
    void aStopTakesWhatHasArrived() throws IOException {
        int count = 500;
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < count; i++) {
                sluice.sendDatagram(socket, "drained", new byte[100]);
            }
            sluice.listener("drained").stop();
        }
        long lost = sluice.listener("drained")
                .transport()
                .datagramsDroppedByKernel()
                .orElseThrow();
        assertThat(sluice.traffic("drained").accepted.sum() + lost).isEqualTo(count);
    }

    @Test
    void multicastIsReceivedAgainAfterEveryStopAndStart() throws IOException {
        try (DatagramSocket sender = new DatagramSocket()) {
            sender.setSoTimeout(20_000);
            sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName("lo"));
            sender.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            for (int i = 0; i < 3; i++) {
                byte[] payload = ("round " + i).getBytes(StandardCharsets.US_ASCII);
                sender.send(new DatagramPacket(
                        payload,
                        payload.length,
                        new InetSocketAddress(InetAddress.getByName("239.255.77.77"), sluice.port("group"))));
                assertThat(RunningSluice.receiveDatagram(sender)).isEqualTo(payload);
                sluice.listener("group").stop();
                sluice.listener("group").start();
            }
        }
    }

    @Test
    void sendsNothingToAnAddressThatADatagramNames() throws IOException {
        try (DatagramSocket attacker = new DatagramSocket();
                DatagramSocket victim = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String payload =
                    "ip_ackTo=127.0.0.1:" + victim.getLocalPort() + ";id=0f2c6a2e-6c3e-4a57-9a3c-0d8a4b2f7c11;hello";
            sluice.sendDatagram(attacker, "echo", payload.getBytes(StandardCharsets.US_ASCII));
            assertThat(RunningSluice.receiveDatagram(attacker)).asString().isEqualTo(payload);
            // Had anything been sent to the victim before the echo, it would be first in its queue.
            byte[] marker = {42};
            attacker.send(new DatagramPacket(marker, 1, victim.getLocalSocketAddress()));
            victim.setSoTimeout(20_000);
            assertThat(RunningSluice.receiveDatagram(victim)).isEqualTo(marker);
        }
    }

    private static String text(DatagramSocket socket) throws IOException {
        return new String(RunningSluice.receiveDatagram(socket), StandardCharsets.US_ASCII);
    }
}
