package dev.sluice.sink.udp;

import static dev.sluice.sink.CheckedDeclaration.checked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.Ports;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import dev.sluice.sink.WireMessage;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class UdpSinkTests {

    @Test
    void sendsEachMessageAsADatagram() throws Exception {
        try (DatagramSocket receiver = receiver();
                Sink sink = sink("127.0.0.1", receiver.getLocalPort())) {
            assertThat(sink.send(WireMessage.of("a", "", "two\nlines")).complete())
                    .isTrue();

            assertThat(receive(receiver, 3)).containsExactly("a", "", "two\nlines");
        }
    }

    @Test
    void poisonIsTheMessageAloneThatIsTooLarge() throws Exception {
        try (DatagramSocket receiver = receiver();
                Sink sink = sink("127.0.0.1", receiver.getLocalPort())) {
            Confirmation<Failure> confirmation = sink.send(List.of(
                    WireMessage.of(1, "a".getBytes(UTF_8)),
                    WireMessage.of(2, new byte[65_508]),
                    WireMessage.of(3, "b".getBytes(UTF_8))));

            assertThat(confirmation.failure(0)).isNull();
            assertThat(confirmation.failure(1))
                    .isEqualTo(Failure.poison("65508 bytes are too many for a datagram: the largest has 65507"));
            assertThat(confirmation.failure(2)).isNull();
            assertThat(receive(receiver, 2)).containsExactly("a", "b");
        }
    }

    @Test
    void sendsTheLargestDatagram() throws Exception {
        try (DatagramSocket receiver = receiver();
                Sink sink = sink("127.0.0.1", receiver.getLocalPort())) {
            assertThat(sink.send(List.of(WireMessage.of(1, new byte[65_507]))).complete())
                    .isTrue();

            assertThat(receive(receiver, 1).getFirst()).hasSize(65_507);
        }
    }

    @Test
    void sentIsDeliveredThoughNobodyReceives() throws Exception {
        try (Sink sink = sink("127.0.0.1", Ports.free())) {
            assertThat(sink.send(WireMessage.of("a")).complete()).isTrue();
            assertThat(sink.send(WireMessage.of("b")).complete()).isTrue();
        }
    }

    @Test
    void failsForAHostThatIsUnknown() throws Exception {
        try (Sink sink = sink("no-such-host.invalid", 9)) {
            Confirmation<Failure> confirmation = sink.send(WireMessage.of("a", "b"));

            Failure failure = Failure.passing("no-such-host.invalid:9: unknown host");
            assertThat(confirmation.failure(0)).isEqualTo(failure);
            assertThat(confirmation.failure(1)).isEqualTo(failure);
        }
    }

    @Test
    void worksAgainAfterAnInterruptHasClosedItsSocket() throws Exception {
        try (DatagramSocket receiver = receiver();
                Sink sink = sink("127.0.0.1", receiver.getLocalPort())) {
            Thread interrupted = Thread.startVirtualThread(() -> {
                Thread.currentThread().interrupt();
                try {
                    sink.send(WireMessage.of("lost or not"));
                } catch (InterruptedException _) {
                    // As the caller wants.
                }
            });
            interrupted.join();

            assertThat(sink.send(WireMessage.of("a")).complete()).isTrue();
            assertThat(receive(receiver, 1).getFirst()).isIn("a", "lost or not");
        }
    }

    @Test
    void refusesAPortThatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink("localhost", 65_536))
                .withMessage("sluice.sinks.mirror.udp.port: must be from 1 to 65535");
    }

    private static DatagramSocket receiver() throws IOException {
        DatagramSocket receiver = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        receiver.setSoTimeout(10_000);
        return receiver;
    }

    private static List<String> receive(DatagramSocket receiver, int count) throws IOException {
        List<String> received = new ArrayList<>();
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        for (int i = 0; i < count; i++) {
            receiver.receive(packet);
            received.add(new String(packet.getData(), 0, packet.getLength(), UTF_8));
            packet.setLength(65_535);
        }
        return received;
    }

    private static Sink sink(String host, int port) {
        return new UdpSink("mirror", checked("mirror.udp", new UdpSinkProperties(host, port)));
    }
}
