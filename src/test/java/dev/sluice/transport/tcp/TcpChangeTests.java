package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.TestCertificate;
import dev.sluice.listener.Listener;
import dev.sluice.transport.Changes;
import dev.sluice.transport.Reason;
import dev.sluice.transport.TransportChange;
import dev.sluice.transport.TransportSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TCP listeners that are changed while peers are connected, and none of them notices more than it has to. */
final class TcpChangeTests {

    private static final int PEERS = 50;

    @TempDir
    private static Path folder;

    private static SSLContext trusting;
    private static RunningSluice sluice;

    @BeforeAll
    static void start() throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        trusting = certificate.context();
        StringBuilder yaml = new StringBuilder("""
            spring.ssl.bundle.jks.edge.keystore: { location: "file:%s", password: %s }
            sluice:
              defaults: { reply.type: echo, framing.max-size: 4MB }
              listeners:
            """.formatted(certificate.store(), TestCertificate.PASSWORD));
        for (String name : List.of(
                "busy",
                "framed",
                "small",
                "taken",
                "failing",
                "first",
                "second",
                "undone",
                "paused",
                "stopped",
                "open",
                "outdated",
                "proxied",
                "throttled")) {
            yaml.append("    ").append(name).append(": { tcp: { address: 127.0.0.1, port: 0 } }\n");
        }
        yaml.append("    dialling: { tcp: { connect: [\"127.0.0.1:1\"], connect-max-backoff: 100ms } }\n");
        sluice = RunningSluice.with(yaml.toString());
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static TcpTransport transport(String name) {
        return (TcpTransport) sluice.listener(name).transport();
    }

    private static TransportSettings settings(String name) {
        return transport(name).steering().settings();
    }

    private static TcpProperties tcp(int port, Map<String, ?> keys) {
        Map<String, Object> all = new HashMap<>(keys);
        all.putIfAbsent("address", "127.0.0.1");
        all.put("port", port);
        return Changes.bind(TcpProperties.class, all);
    }

    private static TransportChange prepare(String name, TransportSettings settings, TcpProperties tcp)
            throws IOException {
        return transport(name).change(settings, tcp, UTF_8, Changes.NONE);
    }

    private static TransportChange prepare(String name, UnaryOperator<TransportSettings> settings) throws IOException {
        return prepare(name, settings.apply(settings(name)), tcp(sluice.port(name), Map.of()));
    }

    private static void apply(TransportChange change) throws IOException {
        change.release();
        change.commit();
        change.retire();
    }

    private static void change(String name, UnaryOperator<TransportSettings> settings) throws IOException {
        apply(prepare(name, settings));
    }

    private static void changePort(String name, int port, Map<String, ?> keys) throws IOException {
        apply(prepare(name, Changes.same(settings(name)), tcp(port, keys)));
    }

    /** Talks in lines. */
    private static final class Peer implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader in;

        Peer(Socket socket) throws IOException {
            socket.setSoTimeout(20_000);
            this.socket = socket;
            this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        }

        static Peer of(String name) throws IOException {
            return at(sluice.port(name));
        }

        static Peer at(int port) throws IOException {
            return new Peer(new Socket(InetAddress.getLoopbackAddress(), port));
        }

        static Peer from(String address, int port) throws IOException {
            return new Peer(new Socket("127.0.0.1", port, InetAddress.getByName(address), 0));
        }

        void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(UTF_8));
        }

        String hear() throws IOException {
            return in.readLine();
        }

        void assertEchoes(String line) throws IOException {
            say(line + "\n");
            assertThat(hear()).isEqualTo(line);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void noEchoIsLostHoweverTheListenerIsChanged() throws Exception {
        AtomicLong echoes = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        List<Peer> peers = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> talks = new ArrayList<>();
            for (int i = 0; i < PEERS; i++) {
                Peer peer = Peer.of("busy");
                peers.add(peer);
                peer.assertEchoes("first");
                talks.add(threads.submit(() -> {
                    for (int said = 0; !over.get(); said++) {
                        peer.assertEchoes("line " + said);
                        echoes.incrementAndGet();
                    }
                    return null;
                }));
            }
            try {
                changeAll(echoes);
            } finally {
                over.set(true);
            }
            for (Future<?> talk : talks) {
                talk.get(20, TimeUnit.SECONDS);
            }
        }
        for (Peer peer : peers) {
            peer.close();
        }
        assertThat(sluice.traffic("busy").received.sum()).isEqualTo(echoes.get() + PEERS + 3);
    }

    private static void changeAll(AtomicLong echoes) throws Exception {
        int former = sluice.port("busy");
        changePort("busy", Ports.free(), Map.of());
        assertThat(sluice.port("busy")).isNotEqualTo(former);
        assertThatThrownBy(() -> Peer.at(former)).isInstanceOf(ConnectException.class);
        goOn(echoes);

        changePort("busy", sluice.port("busy"), Map.of("greeting", "hello\n"));
        try (Peer greeted = Peer.of("busy")) {
            assertThat(greeted.hear()).isEqualTo("hello");
            greeted.assertEchoes("new");
        }
        goOn(echoes);

        changePort("busy", sluice.port("busy"), Map.of("tls.bundle", "edge", "no-delay", "false"));
        try (SSLSocket secure = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", sluice.port("busy"));
                Peer peer = new Peer(secure)) {
            peer.assertEchoes("secret");
        }
        goOn(echoes);

        TransportChange backlog =
                prepare("busy", Changes.same(settings("busy")), tcp(sluice.port("busy"), Map.of("backlog", 7)));
        assertThat(backlog.hasGap()).isTrue();
        apply(backlog);
        try (Peer plain = Peer.of("busy")) {
            plain.assertEchoes("again");
        }
        goOn(echoes);

        for (UnaryOperator<TransportSettings> change : List.<UnaryOperator<TransportSettings>>of(
                now -> Changes.limits(now, Map.of("max-connections", 3)),
                now -> Changes.access(now, Map.of("deny", "10.0.0.0/8")),
                now -> Changes.framing(now, Map.of("type", "nul", "max-size", "1KB")))) {
            TcpProperties same = tcp(sluice.port("busy"), Map.of("backlog", 7));
            apply(prepare("busy", change.apply(settings("busy")), same));
            goOn(echoes);
        }
    }

    private static void awaitClosed(String name, Reason.Closed reason, long connections) {
        await().untilAsserted(() ->
                assertThat(sluice.traffic(name).closed(reason).sum()).isEqualTo(connections));
    }

    private static void goOn(AtomicLong echoes) {
        long before = echoes.get();
        await().until(() -> echoes.get() > before + 4L * PEERS);
    }

    @Test
    void aFrameInProgressIsTakenAsItBegan() throws Exception {
        String large = "x".repeat(1 << 20);
        try (Peer peer = Peer.of("framed")) {
            peer.say(large.substring(0, 600_000));
            await().until(() -> sluice.traffic("framed").bytesReceived.sum() == 600_000);
            change("framed", now -> Changes.framing(now, Map.of("type", "nul", "max-size", "1KB")));
            peer.say(large.substring(600_000) + "\nshort\n");
            assertThat(peer.hear()).isEqualTo(large);
            assertThat(peer.hear()).isEqualTo("short");

            peer.say("y".repeat(2000) + "\n");
            assertThat(peer.hear()).isNull();
        }
        awaitClosed("framed", Reason.Closed.OVERSIZE, 1);
        try (Peer later = Peer.of("framed")) {
            later.say("by nul\0");
            byte[] answer = later.socket.getInputStream().readNBytes(7);
            assertThat(answer).isEqualTo("by nul\0".getBytes(UTF_8));
        }
    }

    @Test
    void aGreaterSizeCountsFromTheNextFrame() throws Exception {
        change("small", now -> Changes.framing(now, Map.of("max-size", "10B")));
        try (Peer peer = Peer.of("small")) {
            peer.assertEchoes("short");
            change("small", now -> Changes.framing(now, Map.of("max-size", "1MB")));
            peer.assertEchoes("z".repeat(100_000));
        }
    }

    @Test
    void aPortThatSomebodyElseHasChangesNothing() throws Exception {
        int port = sluice.port("taken");
        try (Peer peer = Peer.of("taken");
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            TcpProperties wanted = tcp(other.getLocalPort(), Map.of());
            assertThatThrownBy(() -> prepare("taken", settings("taken"), wanted))
                    .isInstanceOf(BindException.class);
            peer.assertEchoes("still here");
            assertThat(sluice.port("taken")).isEqualTo(port);
        }
        try (Peer later = Peer.at(port)) {
            later.assertEchoes("as before");
        }
    }

    @Test
    void aCommitThatFailsCanBeUndone() throws Exception {
        int port = sluice.port("failing");
        try (Peer peer = Peer.of("failing");
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            TransportChange change = transport("failing")
                    .change(
                            Changes.framing(settings("failing"), Map.of("type", "nul")),
                            tcp(other.getLocalPort(), Map.of("greeting", "hello\n")),
                            UTF_8,
                            _ -> true);
            assertThat(change.hasGap()).isTrue();
            change.release();
            assertThatThrownBy(() -> Peer.at(port)).isInstanceOf(ConnectException.class);
            assertThatThrownBy(change::commit).isInstanceOf(BindException.class);
            change.undo();

            assertThat(sluice.port("failing")).isEqualTo(port);
            peer.assertEchoes("still here");
        }
        try (Peer later = Peer.at(port)) {
            later.assertEchoes("as before");
        }
    }

    @Test
    void whatHasBeenCommittedCanBeUndone() throws Exception {
        int port = sluice.port("undone");
        int other = Ports.free();
        try (Peer peer = Peer.of("undone")) {
            peer.assertEchoes("let in");
            TransportChange change = prepare(
                    "undone",
                    Changes.access(settings("undone"), Map.of("deny", "127.0.0.1")),
                    tcp(other, Map.of("greeting", "hello\n")));
            assertThat(change.hasGap()).isFalse();
            change.commit();
            assertThat(sluice.port("undone")).isEqualTo(other);
            change.undo();
            assertThat(sluice.port("undone")).isEqualTo(port);
            peer.assertEchoes("still here");
            assertThatThrownBy(() -> Peer.at(other)).isInstanceOf(ConnectException.class);
        }
        try (Peer later = Peer.at(port)) {
            later.assertEchoes("as before");
        }
    }

    @Test
    void twoListenersSwapTheirPorts() throws Exception {
        int first = sluice.port("first");
        int second = sluice.port("second");
        try (Peer ofFirst = Peer.of("first");
                Peer ofSecond = Peer.of("second")) {
            List<TransportChange> changes = List.of(
                    transport("first").change(settings("first"), tcp(second, Map.of()), UTF_8, _ -> true),
                    transport("second").change(settings("second"), tcp(first, Map.of()), UTF_8, _ -> true));
            assertThat(changes).allMatch(TransportChange::hasGap);
            changes.forEach(TransportChange::release);
            for (TransportChange change : changes) {
                change.commit();
            }
            changes.forEach(TransportChange::retire);

            assertThat(sluice.port("first")).isEqualTo(second);
            assertThat(sluice.port("second")).isEqualTo(first);
            ofFirst.assertEchoes("one");
            ofSecond.assertEchoes("two");
            try (Peer later = Peer.at(second)) {
                later.assertEchoes("three");
                assertThat(sluice.traffic("first").received.sum()).isEqualTo(2);
            }
        }
    }

    @Test
    void pausedItStaysSoAndForgetsNobody() throws Exception {
        Listener listener = sluice.listener("paused");
        int former = sluice.port("paused");
        listener.pause();
        // The loop that accepts takes one of those that come while it is paused.
        try (Peer first = Peer.at(former);
                Peer second = Peer.at(former);
                Peer third = Peer.at(former)) {
            changePort("paused", Ports.free(), Map.of());
            try (Peer atNew = Peer.of("paused")) {
                atNew.say("new\n");
                third.say("third\n");
                assertThat(sluice.traffic("paused").received.sum()).isZero();
                listener.resume();
                assertThat(atNew.hear()).isEqualTo("new");
                assertThat(third.hear()).isEqualTo("third");
                second.assertEchoes("second");
                first.assertEchoes("first");
            }
        }
    }

    @Test
    void stoppedItStaysSoAndStartsAsChanged() throws Exception {
        Listener listener = sluice.listener("stopped");
        listener.stop();
        int port = Ports.free();
        changePort("stopped", port, Map.of("greeting", "hello\n"));
        assertThat(transport("stopped").localAddress()).isEmpty();
        assertThatThrownBy(() -> Peer.at(port)).isInstanceOf(ConnectException.class);
        listener.start();
        try (Peer peer = Peer.at(port)) {
            assertThat(peer.hear()).isEqualTo("hello");
        }
    }

    @Test
    void whoIsNoLongerAdmittedIsClosed() throws Exception {
        int port = sluice.port("open");
        try (Peer one = Peer.from("127.0.0.1", port);
                Peer two = Peer.from("127.0.0.2", port)) {
            one.assertEchoes("one");
            two.assertEchoes("two");
            TransportSettings changed = Changes.access(settings("open"), Map.of("allow", "127.0.0.1"));
            assertThat(transport("open").notAdmitted(changed.access())).isOne();
            change("open", _ -> changed);
            assertThat(two.hear()).isNull();
            one.assertEchoes("three");
            awaitClosed("open", Reason.Closed.ACCESS_DENIED, 1);
        }
    }

    @Test
    void thoseWithTheFormerFramingCanBeEndedBetweenFrames() throws Exception {
        try (Peer idle = Peer.of("outdated");
                Peer within = Peer.of("outdated");
                Peer endless = Peer.of("outdated")) {
            idle.assertEchoes("one");
            within.say("half ");
            endless.say("half ");
            await().until(() -> sluice.traffic("outdated").bytesReceived.sum() == 14);
            change("outdated", now -> Changes.framing(now, Map.of("type", "crlf")));
            assertThat(transport("outdated").endOutdated(Duration.ofSeconds(2))).isEqualTo(3);
            assertThat(idle.hear()).isNull();
            within.say("whole\n");
            assertThat(within.hear()).isEqualTo("half whole");
            assertThat(within.hear()).isNull();
            assertThat(endless.hear()).isNull();
            awaitClosed("outdated", Reason.Closed.RELOADED, 3);
            assertThat(transport("outdated").endOutdated(Duration.ofSeconds(2))).isZero();
        }
    }

    @Test
    void onlyThoseThatComeAreAskedWhoseTheyAre() throws Exception {
        try (Peer before = Peer.of("proxied")) {
            before.assertEchoes("one");
            changePort(
                    "proxied",
                    sluice.port("proxied"),
                    Map.of("proxy-protocol.mode", "required", "proxy-protocol.trusted", "127.0.0.1"));
            try (Peer later = Peer.of("proxied")) {
                later.say("PROXY TCP4 192.0.2.7 192.0.2.8 1000 2000\r\n");
                later.assertEchoes("two");
                assertThat(transport("proxied").connections())
                        .extracting(connection -> connection.origin().remoteAddress())
                        .containsExactlyInAnyOrder("127.0.0.1", "192.0.2.7");
            }
            before.assertEchoes("three");
            changePort("proxied", sluice.port("proxied"), Map.of());
            try (Peer later = Peer.of("proxied")) {
                later.assertEchoes("four");
            }
        }
    }

    @Test
    void ratesCountAtOnce() throws Exception {
        try (Peer peer = Peer.of("throttled")) {
            peer.assertEchoes("one");
            change("throttled", now -> Changes.limits(now, Map.of("messages-per-second", 5)));
            long begun = System.nanoTime();
            for (int i = 0; i < 8; i++) {
                peer.assertEchoes("line " + i);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(300));
        }
    }

    @Test
    void devicesComeAndGo() throws Exception {
        try (TestDevice staying = TestDevice.at("127.0.0.1");
                TestDevice leaving = TestDevice.at("127.0.0.1")) {
            dial(List.of(staying, leaving));
            awaitUp(2);
            staying.send("one");
            await().until(() -> staying.received().contains("one"));
            dial(List.of(staying));
            await().until(() -> leaving.open() == 0);
            awaitUp(1);
            assertThat(transport("dialling").devices().orElseThrow().declared()).isOne();
            staying.send("two");
            await().until(() -> staying.received().contains("two"));
            assertThat(staying.accepted()).isOne();

            TransportChange change = change(List.of(leaving));
            change.commit();
            await().until(() -> leaving.accepted() == 2);
            change.undo();
            await().until(() -> leaving.open() == 0);
            staying.send("three");
            await().until(() -> staying.received().contains("three"));
            assertThat(staying.accepted()).isOne();
        }
    }

    private static void awaitUp(int devices) {
        await().until(() -> transport("dialling").devices().orElseThrow().up() == devices);
    }

    private static TransportChange change(List<TestDevice> devices) throws IOException {
        Map<String, Object> keys = new HashMap<>();
        keys.put("connect-max-backoff", "100ms");
        for (int i = 0; i < devices.size(); i++) {
            keys.put("connect[" + i + "]", devices.get(i).address());
        }
        return prepare("dialling", Changes.same(settings("dialling")), Changes.bind(TcpProperties.class, keys));
    }

    private static void dial(List<TestDevice> devices) throws IOException {
        apply(change(devices));
    }
}
