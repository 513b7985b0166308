package dev.sluice.transport.udp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.listener.Listener;
import dev.sluice.transport.Changes;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.TransportChange;
import dev.sluice.transport.TransportSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** UDP listeners whose sockets are exchanged: nothing is lost that had arrived. */
final class UdpChangeTests {

    private static final int DATAGRAMS = 100;

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        StringBuilder yaml = new StringBuilder("""
            sluice:
              defaults: { reply.type: echo }
              listeners:
            """);
        for (String name : List.of("moved", "taken", "first", "second", "undone", "stopped", "cut")) {
            yaml.append("    ").append(name).append(": { udp: { address: 127.0.0.1, port: 0 } }\n");
        }
        yaml.append("    busy: { udp: { port: 0 } }\n");
        sluice = RunningSluice.with(yaml.toString());
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static UdpTransport transport(String name) {
        return (UdpTransport) sluice.listener(name).transport();
    }

    private static TransportSettings settings(String name) {
        return transport(name).steering().settings();
    }

    private static UdpProperties udp(int port, Map<String, ?> keys) {
        Map<String, Object> all = new HashMap<>(keys);
        all.putIfAbsent("address", "127.0.0.1");
        all.put("port", port);
        return Changes.bind(UdpProperties.class, all);
    }

    private static TransportChange prepare(String name, UdpProperties udp) throws IOException {
        return transport(name).change(Changes.same(settings(name)), udp, Changes.NONE);
    }

    private static void apply(TransportChange change) throws IOException {
        change.release();
        change.commit();
        change.retire();
    }

    /** Asks in datagrams, and hears answers. */
    private static final class Peer implements AutoCloseable {

        private final DatagramSocket socket = new DatagramSocket();

        Peer() throws IOException {
            socket.setSoTimeout(20_000);
        }

        void say(String text, int port) throws IOException {
            byte[] payload = text.getBytes(UTF_8);
            socket.send(new DatagramPacket(payload, payload.length, InetAddress.getLoopbackAddress(), port));
        }

        DatagramPacket hear() throws IOException {
            DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
            socket.receive(packet);
            return packet;
        }

        void assertEchoed(String text, int port) throws IOException {
            say(text, port);
            DatagramPacket answer = hear();
            assertThat(new String(answer.getData(), 0, answer.getLength(), UTF_8))
                    .isEqualTo(text);
            assertThat(answer.getPort()).isEqualTo(port);
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Test
    void whatTheOldSocketHoldsIsReadAndAnsweredByIt() throws Exception {
        Listener listener = sluice.listener("moved");
        int former = sluice.port("moved");
        int next = Ports.free();
        try (Peer peer = new Peer()) {
            listener.pause();
            for (int i = 0; i < DATAGRAMS; i++) {
                peer.say("before " + i, former);
            }
            apply(prepare("moved", udp(next, Map.of())));
            assertThat(sluice.port("moved")).isEqualTo(next);
            for (int i = 0; i < DATAGRAMS; i++) {
                peer.say("after " + i, next);
            }
            Traffic traffic = sluice.traffic("moved");
            assertThat(traffic.received.sum()).isLessThanOrEqualTo(1);
            listener.resume();
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 2 * DATAGRAMS; i++) {
                DatagramPacket answer = peer.hear();
                String text = new String(answer.getData(), 0, answer.getLength(), UTF_8);
                assertThat(answer.getPort()).isEqualTo(text.startsWith("before") ? former : next);
                answers.add(text);
            }
            assertThat(answers).hasSize(2 * DATAGRAMS);
            awaitReceived("moved", 2 * DATAGRAMS);
            // The old socket is closed by itself.
            await().until(() -> isFree(former));
            peer.assertEchoed("later", next);
        }
    }

    /** They are counted once a batch, behind their answers. */
    private static void awaitReceived(String name, long datagrams) {
        await().untilAsserted(
                        () -> assertThat(sluice.traffic(name).received.sum()).isEqualTo(datagrams));
    }

    private static boolean isFree(int port) {
        try (DatagramSocket socket = new DatagramSocket(port, InetAddress.getByName("127.0.0.1"))) {
            return socket.isBound();
        } catch (IOException ex) {
            return false;
        }
    }

    @Test
    void atTheSamePortTheOldSocketsAreLeftWithoutAGap() throws Exception {
        int port = sluice.port("busy");
        AtomicLong echoes = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> talks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                talks.add(threads.submit(() -> {
                    try (Peer peer = new Peer()) {
                        for (int said = 0; !over.get(); said++) {
                            peer.assertEchoed("datagram " + said, port);
                            echoes.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            try {
                for (Map<String, ?> keys : List.<Map<String, ?>>of(
                        Map.of("receivers", 2),
                        Map.of("receivers", 3, "receive-buffer", "1MB"),
                        Map.of("max-reply-factor", 2),
                        Map.of("address", "127.0.0.1"),
                        Map.of())) {
                    Map<String, Object> all = new HashMap<>(keys);
                    all.putIfAbsent("address", "0.0.0.0");
                    goOn(echoes);
                    TransportChange change = prepare("busy", udp(0, all));
                    assertThat(change.hasGap()).isFalse();
                    apply(change);
                    assertThat(sluice.port("busy")).isEqualTo(port);
                }
                goOn(echoes);
            } finally {
                over.set(true);
            }
            for (Future<?> talk : talks) {
                talk.get(30, TimeUnit.SECONDS);
            }
        }
        awaitReceived("busy", echoes.get());
        // Nobody else may share what is left.
        assertThat(isFree(port)).isFalse();
    }

    private static void goOn(AtomicLong echoes) {
        long before = echoes.get();
        await().until(() -> echoes.get() > before + 50);
    }

    @Test
    void aPortThatSomebodyElseHasChangesNothing() throws Exception {
        int port = sluice.port("taken");
        try (Peer peer = new Peer();
                DatagramSocket other = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            UdpProperties wanted = udp(other.getLocalPort(), Map.of());
            assertThatThrownBy(() -> prepare("taken", wanted)).isInstanceOf(BindException.class);
            peer.assertEchoed("still here", port);

            TransportChange change = transport("taken").change(settings("taken"), wanted, _ -> true);
            assertThat(change.hasGap()).isTrue();
            change.release();
            assertThatThrownBy(change::commit).isInstanceOf(BindException.class);
            change.undo();
            assertThat(sluice.port("taken")).isEqualTo(port);
            peer.assertEchoed("as before", port);
        }
    }

    @Test
    void whatHasBeenCommittedCanBeUndone() throws Exception {
        int port = sluice.port("undone");
        try (Peer peer = new Peer()) {
            TransportChange elsewhere = prepare("undone", udp(Ports.free(), Map.of()));
            elsewhere.commit();
            assertThat(sluice.port("undone")).isNotEqualTo(port);
            elsewhere.undo();
            peer.assertEchoed("one", port);

            TransportChange same = prepare("undone", udp(port, Map.of("receivers", 2)));
            same.commit();
            peer.assertEchoed("two", port);
            same.undo();
            peer.assertEchoed("three", port);
            assertThat(sluice.port("undone")).isEqualTo(port);
        }
    }

    @Test
    void twoListenersSwapTheirPorts() throws Exception {
        int first = sluice.port("first");
        int second = sluice.port("second");
        List<TransportChange> changes = List.of(
                transport("first").change(settings("first"), udp(second, Map.of()), _ -> true),
                transport("second").change(settings("second"), udp(first, Map.of()), _ -> true));
        assertThat(changes).allMatch(TransportChange::hasGap);
        changes.forEach(TransportChange::release);
        for (TransportChange change : changes) {
            change.commit();
        }
        changes.forEach(TransportChange::retire);
        try (Peer peer = new Peer()) {
            peer.assertEchoed("to the first", second);
            awaitReceived("first", 1);
            peer.assertEchoed("to the second", first);
            awaitReceived("second", 1);
        }
    }

    @Test
    void stoppedItStaysSoAndStartsAsChanged() throws Exception {
        Listener listener = sluice.listener("stopped");
        listener.stop();
        int port = Ports.free();
        apply(prepare("stopped", udp(port, Map.of())));
        assertThat(transport("stopped").localAddress()).isEmpty();
        assertThat(isFree(port)).isTrue();
        listener.start();
        try (Peer peer = new Peer()) {
            peer.assertEchoed("started", port);
        }
    }

    @Test
    void datagramsAreCutAtOnceByNewFrames() throws Exception {
        int port = sluice.port("cut");
        try (Peer peer = new Peer()) {
            peer.assertEchoed("<a><b>", port);
            apply(transport("cut")
                    .change(
                            Changes.framing(settings("cut"), Map.of("frames[0]", "3C {*} 3E")),
                            udp(port, Map.of()),
                            Changes.NONE));
            peer.say("<a><b>", port);
            assertThat(peer.hear().getLength()).isEqualTo(3);
            assertThat(peer.hear().getLength()).isEqualTo(3);
            awaitReceived("cut", 3);
        }
    }
}
