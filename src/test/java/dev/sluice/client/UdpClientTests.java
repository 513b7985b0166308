package dev.sluice.client;

import static dev.sluice.client.ClientRun.client;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Ports;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UdpClientTests {

    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private DatagramSocket server;

    @BeforeEach
    void open() throws Exception {
        server = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void answering(int times) {
        Thread.startVirtualThread(() -> {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
                while (true) {
                    server.receive(packet);
                    received.add(Arrays.copyOf(packet.getData(), packet.getLength()));
                    for (int i = 0; i < times; i++) {
                        server.send(packet);
                    }
                    packet.setLength(65_535);
                }
            } catch (IOException ex) {
                // Closed.
            }
        });
    }

    private String port() {
        return Integer.toString(server.getLocalPort());
    }

    @Test
    void sendsEachMessageAsADatagramAndWaitsForAnAnswerToEach() {
        answering(1);

        ClientRun run = client("127.0.0.1", port(), "--udp", "hello", "世界");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("hello\n世界\n");
        assertThat(run.code()).isZero();
    }

    @Test
    void waitsForAsManyAnswersAsAreAskedFor() {
        answering(2);

        assertThat(client("127.0.0.1", port(), "--udp", "--count", "2", "twice").out())
                .isEqualTo("twice\ntwice\n");
    }

    @Test
    void waitsForNoneIfNoneIsWanted() throws Exception {
        answering(0);

        ClientRun run = client("127.0.0.1", port(), "--udp", "--count", "0", "one way");

        assertThat(run.code()).isZero();
        assertThat(run.outBytes()).isEmpty();
        assertThat(received.take()).isEqualTo("one way".getBytes(UTF_8));
    }

    @Test
    void sendsStandardInputLineByLine() {
        answering(1);

        assertThat(client("a\nb\nc".getBytes(UTF_8), "127.0.0.1", port(), "--udp")
                        .out())
                .isEqualTo("a\nb\nc\n");
    }

    @Test
    void carriesAllByteValues(@TempDir Path directory) throws Exception {
        answering(1);
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Path file = Files.write(directory.resolve("all"), all);

        ClientRun run = client("127.0.0.1", port(), "--udp", "--hex", "--file", file.toString());

        assertThat(run.out()).isEqualTo(HexFormat.of().formatHex(all) + "\n");
        assertThat(received.take()).isEqualTo(all);
    }

    @Test
    void saysThatNothingListens() {
        ClientRun run = client("127.0.0.1", Integer.toString(Ports.free()), "--udp", "hello");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("Connection refused: nothing listens on 127.0.0.1 port ")
                .hasLineCount(1);
    }

    @Test
    void saysThatNoAnswerCame() {
        answering(0);

        ClientRun run = client("127.0.0.1", port(), "--udp", "--timeout", "200ms", "hello");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err())
                .contains("was silent for 200ms after 0 of 1 answer")
                .hasLineCount(1);
    }

    @Test
    void takesAnswersOfNobodyElse() throws Exception {
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            Thread.startVirtualThread(() -> {
                try {
                    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                    server.receive(packet);
                    other.send(new DatagramPacket(new byte[] {'x'}, 1, packet.getSocketAddress()));
                    server.send(new DatagramPacket(new byte[] {'y'}, 1, packet.getSocketAddress()));
                } catch (IOException ex) {
                    // The test sees that no answer came.
                }
            });

            assertThat(client("127.0.0.1", port(), "--udp", "hello").out()).isEqualTo("y\n");
        }
    }

    @Test
    void refusesAMessageThatNoDatagramCarries() {
        ClientRun run = client("127.0.0.1", port(), "--udp", "x".repeat(65_508));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("65508 bytes", "65507").hasLineCount(1);
    }

    @Test
    void doesNotPretendToSendAnEmptyDatagram() {
        ClientRun run = client("127.0.0.1", port(), "--udp", "");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("Message 1 is empty").hasLineCount(1);
    }
}
