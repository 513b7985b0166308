package dev.sluice.transport.udp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.listener.Listener;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A UDP port that is bound at all addresses: a client that is connected to one of them takes answers of no other. */
@EnabledOnOs(OS.LINUX)
class AnswersFromAskedAddressTests {

    private record Way(InetAddress client, InetAddress asked) {}

    @ParameterizedTest
    @CsvSource({"0.0.0.0, 1", "0.0.0.0, 2", "::, 1", "::, 2"})
    void aConnectedClientIsAnsweredWhicheverAddressItAsks(String address, int receivers) throws IOException {
        List<Way> ways = ways();
        assumeThat(ways).as("addresses besides those of the loopback").anyMatch(way -> !way.client.equals(way.asked));
        try (RunningSluice sluice = echo(address, receivers)) {
            for (Way way : ways) {
                try (DatagramSocket client = new DatagramSocket(0, way.client)) {
                    client.setSoTimeout(20_000);
                    client.connect(way.asked, sluice.port("echo"));
                    byte[] sent = way.toString().getBytes(US_ASCII);
                    client.send(new DatagramPacket(sent, sent.length));
                    assertThat(RunningSluice.receiveDatagram(client))
                            .as("%s", way)
                            .isEqualTo(sent);
                }
            }
            Traffic traffic = sluice.traffic("echo");
            // Counted once a batch, behind its answers.
            await().untilAsserted(() -> assertThat(traffic.received.sum()).isEqualTo(ways.size()));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0.0.0.0", "1, 127.0.0.1", "1, ::1", "2, 0.0.0.0", "2, 127.0.0.1", "2, ::1"})
    void thePortIsNobodyElsesWhateverAnotherProcessAllows(int receivers, String address) throws IOException {
        try (RunningSluice sluice = echo("0.0.0.0", receivers);
                DatagramSocket other = new DatagramSocket(null)) {
            other.setReuseAddress(true);

            assertThatExceptionOfType(BindException.class)
                    .isThrownBy(() -> other.bind(new InetSocketAddress(address, sluice.port("echo"))));
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aPortThatIsSharedByItsOwnerIsInUseAllTheSame(int receivers) throws IOException {
        try (DatagramSocket owner = new DatagramSocket(null)) {
            owner.setReuseAddress(true);
            owner.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            owner.bind(new InetSocketAddress("0.0.0.0", 0));
            try (RunningSluice sluice = RunningSluice.with("""
                sluice.listeners.echo: { enabled: false, udp: { port: %d, receivers: %d }, reply.type: echo }
                """.formatted(owner.getLocalPort(), receivers))) {
                assertThatExceptionOfType(Exception.class)
                        .isThrownBy(() -> sluice.listener("echo").start())
                        .withMessageContaining("in use");
            }
        }
    }

    @Test
    void everySocketIsDrainedAndClosedByAStop() throws IOException {
        try (RunningSluice sluice = echo("::", 1)) {
            Listener echo = sluice.listener("echo");
            int port = sluice.port("echo");
            echo.pause();
            List<Way> ways = ways();
            for (Way way : ways) {
                try (DatagramSocket client = new DatagramSocket(0, way.client)) {
                    for (int i = 0; i < 100; i++) {
                        client.send(new DatagramPacket(new byte[100], 100, way.asked, port));
                    }
                }
            }
            echo.stop();

            long lost = echo.transport().datagramsDroppedByKernel().orElseThrow();
            assertThat(sluice.traffic("echo").accepted.sum() + lost).isEqualTo(100L * ways.size());
            for (Way way : ways) {
                new DatagramSocket(port, way.asked).close();
            }
        }
    }

    private static RunningSluice echo(String address, int receivers) {
        return RunningSluice.with("""
            sluice.listeners.echo: { udp: { address: "%s", port: 0, receivers: %d }, reply.type: echo }
            """.formatted(address, receivers));
    }

    /** From every address of this machine to every one of the same kind; those of one link go by it alone. */
    private static List<Way> ways() throws SocketException {
        List<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> !each.isLinkLocalAddress())
                .toList();
        return own.stream()
                .flatMap(client -> own.stream()
                        .filter(each -> each.getClass() == client.getClass())
                        .map(each -> new Way(client, each)))
                .toList();
    }
}
