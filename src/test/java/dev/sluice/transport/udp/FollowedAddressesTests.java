package dev.sluice.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Acceptance;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.SampleSettings;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.integration.channel.DirectChannel;

/**
 * Addresses that come and go under a port that is bound at all of them. All of 127.0.0.0/8 can be bound and asked, and
 * what is not among the listed addresses is answered by the system's choice, 127.0.0.1.
 */
@EnabledOnOs(OS.LINUX)
class FollowedAddressesTests {

    /** How long a change may take to be followed. */
    private static final Duration FOLLOWED = Duration.ofSeconds(5);

    private volatile List<InetAddress> listed = addresses("127.0.0.1");
    private DatagramSocket peer;
    private @Nullable UdpTransport transport;

    @BeforeEach
    void openPeer() throws IOException {
        peer = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
        peer.setSoTimeout(20_000);
    }

    @AfterEach
    void close() throws InterruptedException {
        peer.close();
        if (transport != null) {
            transport.drain(Duration.ofSeconds(20));
            transport.adapter().stop();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void oneThatComesAnswersForItselfUntilItGoes(int receivers) throws IOException {
        int port = start(receivers, "1KB");
        assertThat(answering("127.0.0.2", port)).isEqualTo("127.0.0.1");

        listed = addresses("127.0.0.1", "127.0.0.2");
        await().atMost(FOLLOWED).until(() -> answering("127.0.0.2", port).equals("127.0.0.2"));
        assertThat(answering("127.0.0.1", port)).isEqualTo("127.0.0.1");

        listed = addresses("127.0.0.1");
        await().atMost(FOLLOWED).until(() -> linesOf(port) == 2L * receivers);
        assertThat(answering("127.0.0.2", port)).isEqualTo("127.0.0.1");
    }

    @Test
    void oneThatCannotBeBoundHindersNoOther() throws IOException {
        listed = addresses("198.51.100.7", "127.0.0.2");
        int port = start(1, "1KB");

        assertThat(answering("127.0.0.2", port)).isEqualTo("127.0.0.2");
        assertThat(answering("127.0.0.1", port)).isEqualTo("127.0.0.1");
    }

    @Test
    void thoseBeyondTheMostAreAnsweredAllTheSame() throws IOException {
        listed = addresses(IntStream.rangeClosed(1, ReceiverSockets.MOST_ADDRESSES + 1)
                .mapToObj("127.0.1.%d"::formatted)
                .toArray(String[]::new));
        int port = start(1, "1KB");

        assertThat(answering("127.0.1.64", port)).isEqualTo("127.0.1.64");
        assertThat(answering("127.0.1.65", port)).isEqualTo("127.0.0.1");
    }

    @Test
    void noneIsBoundForItselfWhereThereAreNoAnswers() throws IOException {
        listed = addresses("127.0.0.2");
        int port = start(Map.of("udp.receivers", "1", "udp.max-reply-factor", "0"));

        assertThat(linesOf(port)).isEqualTo(1);
    }

    @Test
    void aFloodAtOneDoesNotKeepAnotherWaiting() throws Exception {
        listed = addresses("127.0.0.1", "127.0.0.2");
        int port = start(1, "1MB");
        Thread flood = Thread.ofPlatform().daemon().start(() -> flood("127.0.0.2", port));
        try {
            for (int i = 0; i < 20; i++) {
                assertThat(answering("127.0.0.1", port)).isEqualTo("127.0.0.1");
            }
        } finally {
            flood.interrupt();
            flood.join();
        }
    }

    @Test
    void whatTheKernelDroppedOfOneThatGoesStaysCounted() throws IOException {
        int port = start(2, "1KB");
        UdpTransport udp = transport;
        assertThat(udp).isNotNull();
        try (DatagramChannel gone = DatagramChannel.open()) {
            gone.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            gone.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            gone.bind(new InetSocketAddress("127.0.0.2", port));
            for (int i = 0; i < 100; i++) {
                peer.send(new DatagramPacket(new byte[1000], 1000, InetAddress.ofLiteral("127.0.0.2"), port));
            }
            long dropped = udp.datagramsDroppedByKernel().orElseThrow();
            assertThat(dropped).isPositive();

            udp.retire(gone);

            assertThat(linesOf(port)).isEqualTo(4);
            assertThat(udp.datagramsDroppedByKernel()).contains(dropped);
        }
    }

    private static void flood(String asked, int port) {
        try (DatagramChannel sender = DatagramChannel.open()) {
            while (!Thread.currentThread().isInterrupted()) {
                sender.send(ByteBuffer.wrap(new byte[100]), new InetSocketAddress(asked, port));
            }
        } catch (IOException ex) {
            // Interrupted.
        }
    }

    private static List<InetAddress> addresses(String... literals) {
        return Stream.of(literals).map(InetAddress::ofLiteral).toList();
    }

    /** How many sockets the kernel knows of the port. */
    private static long linesOf(int port) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/net/udp6"))) {
            return lines.filter(line -> line.contains(":%04X ".formatted(port))).count();
        }
    }

    /** Asks at the address. Returns the one that the answer is from. */
    private String answering(String asked, int port) throws IOException {
        peer.send(new DatagramPacket(new byte[] {1}, 1, InetAddress.ofLiteral(asked), port));
        DatagramPacket answer = new DatagramPacket(new byte[10], 10);
        peer.receive(answer);
        return answer.getAddress().getHostAddress();
    }

    private int start(int receivers, String buffer) throws IOException {
        return start(Map.of("udp.receivers", String.valueOf(receivers), "udp.receive-buffer", buffer));
    }

    private int start(Map<String, String> properties) throws IOException {
        Binder binder = new Binder(new MapConfigurationPropertySource(properties));
        UdpTransport udp = new UdpTransport(
                "all",
                SampleSettings.of(properties, Acceptance.AT_ONCE, false, (message, reason) -> null),
                binder.bindOrCreate("udp", UdpProperties.class),
                new OwnAddresses(() -> listed),
                new MemoryBudget(Long.MAX_VALUE));
        udp.adapter().setOutputChannel(new Echo());
        udp.bind();
        udp.adapter().start();
        transport = udp;
        return udp.localAddress().orElseThrow().getPort();
    }

    /** In the place of a listener's channel and what is behind it. */
    private static final class Echo extends DirectChannel implements Inlet {

        @Override
        public ReceivedMessage handOn(ReceivedMessage received) {
            received.peer().reply(received.getPayload());
            return received;
        }
    }
}
