package dev.sluice.transport.udp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.Reason.Dropped;
import dev.sluice.transport.SampleSettings;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.integration.channel.DirectChannel;

/** Datagrams whose acceptance somebody else decides, once for all that came together. */
class DatagramAcceptanceTests {

    private final List<List<String>> rounds = new CopyOnWriteArrayList<>();
    private DatagramSocket peer;
    private @Nullable UdpTransport transport;

    @BeforeEach
    void openPeer() throws IOException {
        peer = new DatagramSocket();
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

    /** Refuses "no…", drops "full…". */
    private class Choosy implements Acceptance {

        @Override
        public Confirmation<Refusal> accept(List<? extends Envelope> messages) {
            rounds.add(messages.stream().map(DatagramAcceptanceTests::text).toList());
            Map<Integer, Refusal> refusals = new HashMap<>();
            for (int i = 0; i < messages.size(); i++) {
                switch (text(messages.get(i)).charAt(0)) {
                    case 'n' -> refusals.put(i, new Refusal("unwanted", Refusal.Kind.FAILED));
                    case 'f' -> refusals.put(i, new Refusal("spool full", Refusal.Kind.DROPPED));
                    default -> {
                        // It is accepted.
                    }
                }
            }
            return Confirmation.allBut(refusals);
        }
    }

    @Test
    void whatCameTogetherIsAcceptedTogetherAndAnsweredInOrder() throws IOException {
        UdpTransport udp = start(new Choosy());
        udp.pause();
        List<String> sent = IntStream.range(0, 100).mapToObj(i -> "yes " + i).toList();
        for (String payload : sent) {
            send(payload);
        }
        udp.resume();

        assertThat(receive(100)).isEqualTo(sent);
        assertThat(rounds).hasSizeLessThanOrEqualTo(2);
        assertThat(rounds.stream().flatMap(List::stream)).containsExactlyElementsOf(sent);
    }

    @Test
    void refusedOnesGetTheAnswerForFailuresAndAreCountedApart() throws IOException {
        UdpTransport udp = start(new Choosy());
        udp.pause();
        for (String payload : List.of("yes 1", "no 2", "bad 3", "full 4", "x".repeat(2000), "yes 5")) {
            send(payload);
        }
        udp.resume();

        assertThat(receive(5)).containsExactly("yes 1", "ERR unwanted", "ERR bad", "ERR spool full", "yes 5");
        assertThat(rounds.stream().flatMap(List::stream)).containsExactly("yes 1", "no 2", "full 4", "yes 5");
        Traffic traffic = udp.traffic();
        await().untilAsserted(() -> assertThat(traffic.accepted.sum()).isEqualTo(2));
        assertThat(traffic.received.sum()).isEqualTo(6);
        assertThat(traffic.failed.sum()).isEqualTo(2);
        assertThat(traffic.dropped(Dropped.SPOOL_FULL).sum()).isEqualTo(1);
        assertThat(traffic.dropped(Dropped.OVERSIZE).sum()).isEqualTo(1);
        assertThat(traffic.replied.sum()).isEqualTo(5);
    }

    @Test
    void anAcceptanceThatThrowsRefusesAllAndEndsNothing() throws IOException {
        UdpTransport udp = start(messages -> {
            Thread.currentThread().interrupt();
            throw new StackOverflowError("for one");
        });
        send("yes 1");
        assertThat(receive(1)).containsExactly("ERR internal error");
        send("yes 2");
        assertThat(receive(1)).containsExactly("ERR internal error");
        await().untilAsserted(() -> assertThat(udp.traffic().failed.sum()).isEqualTo(2));
    }

    @Test
    void repliesGoOutFirstWherePeersOnlyWantToKnowThatItCame() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        Acceptance late = messages -> {
            try {
                answered.await();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
            return Confirmation.none(1, new Refusal("too late to tell", Refusal.Kind.FAILED));
        };
        UdpTransport udp = start(late, true);
        send("yes");
        assertThat(receive(1)).containsExactly("yes");
        answered.countDown();
        await().untilAsserted(() -> assertThat(udp.traffic().failed.sum()).isEqualTo(1));
        assertThat(udp.traffic().replied.sum()).isEqualTo(1);
    }

    @Test
    void aDrainEndsAtItsDeadlineThoughAnAcceptanceDoesNot() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        UdpTransport udp = start(messages -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
            return Confirmation.all();
        });
        int port = udp.localAddress().orElseThrow().getPort();
        send("yes");
        begun.await();
        udp.drain(Duration.ofMillis(50));
        udp.adapter().stop();
        try (DatagramSocket next = new DatagramSocket(port, InetAddress.getByName("127.0.0.1"))) {
            assertThat(next.isBound()).as("the port is free again").isTrue();
        }
        never.countDown();
    }

    @Test
    void aHandlerThatLeavesItsThreadInterruptedEndsNothing() throws IOException {
        start(Acceptance.AT_ONCE);
        for (String payload : List.of("interrupt 1", "interrupt 2", "yes 3")) {
            send(payload);
            assertThat(receive(1)).containsExactly(payload);
        }
    }

    private UdpTransport start(Acceptance acceptance) throws IOException {
        return start(acceptance, false);
    }

    /** Echoes, but fails what is "bad". */
    private UdpTransport start(Acceptance acceptance, boolean answersFirst) throws IOException {
        Binder binder = new Binder(new MapConfigurationPropertySource(Map.of("udp.max-reply-factor", "4")));
        UdpTransport udp = new UdpTransport(
                "choosy",
                SampleSettings.of(
                        Map.of("framing.max-size", "1KB"),
                        acceptance,
                        answersFirst,
                        (message, reason) -> ("ERR " + reason).getBytes(UTF_8)),
                binder.bindOrCreate("udp", UdpProperties.class),
                new OwnAddresses(),
                new MemoryBudget(Long.MAX_VALUE));
        udp.adapter().setOutputChannel(new Echo());
        udp.bind();
        udp.adapter().start();
        transport = udp;
        return udp;
    }

    /** In the place of a listener's channel and what is behind it. */
    private static final class Echo extends DirectChannel implements Inlet {

        @Override
        public ReceivedMessage handOn(ReceivedMessage received) {
            if (text(received).startsWith("bad")) {
                received.fail("ERR bad".getBytes(UTF_8));
                return received;
            }
            if (text(received).startsWith("interrupt")) {
                Thread.currentThread().interrupt();
            }
            received.peer().reply(received.getPayload());
            return received;
        }
    }

    private void send(String payload) throws IOException {
        byte[] bytes = payload.getBytes(UTF_8);
        int port = transport().localAddress().orElseThrow().getPort();
        peer.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName("127.0.0.1"), port));
    }

    private UdpTransport transport() {
        assertThat(transport).isNotNull();
        return transport;
    }

    private List<String> receive(int count) throws IOException {
        List<String> received = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            peer.receive(packet);
            received.add(new String(packet.getData(), 0, packet.getLength(), UTF_8));
        }
        return received;
    }

    private static String text(Envelope message) {
        return new String(message.getPayload(), UTF_8);
    }
}
