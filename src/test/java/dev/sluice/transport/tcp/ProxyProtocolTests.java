package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestCertificate;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason.Closed;
import dev.sluice.transport.Reason.Rejected;
import dev.sluice.transport.Traffic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.messaging.handler.annotation.Header;

/** Ports behind a proxy: the test is the proxy, at 127.0.0.1, and whoever it says. */
final class ProxyProtocolTests {

    private static final String LINE = "PROXY TCP4 203.0.113.7 198.51.100.1 56324 443\r\n";

    @TempDir
    private static Path folder;

    private static RunningSluice sluice;
    private static SSLContext trusting;

    @BeforeAll
    static void start() throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        trusting = certificate.context();
        sluice = RunningSluice.with("""
            spring.ssl.bundle.jks.edge.keystore: { location: "file:%s", password: %s }
            sluice:
              defaults:
                tcp: { address: 127.0.0.1, proxy-protocol: { mode: required, trusted: 127.0.0.1 } }
                reply: { type: text, text: "{remote-address} {remote-port} {payload}" }
              listeners:
                plain: { tcp.port: 0 }
                greeting: { tcp: { port: 0, greeting: "hello\\n" } }
                bean: { tcp.port: 0, reply: { type: bean, bean: peers } }
                secure: { tcp: { port: 0, tls.bundle: edge } }
                impatient: { tcp.port: 0, timeouts.handshake: 600ms }
                probed: { tcp: { port: 0, tls.bundle: edge } }
                impatient-secure: { tcp: { port: 0, tls.bundle: edge }, timeouts.handshake: 2s }
                guarded:
                  tcp.port: 0
                  access: { allow: 203.0.113.0/24, deny: 203.0.113.66 }
                  limits: { max-connections: 4, max-connections-per-address: 2 }
                paced: { tcp.port: 0, limits.connections-per-second: 5, access.deny: 203.0.113.66 }
                malformed: { tcp.port: 0 }
                stopped: { tcp.port: 0 }
                direct: { tcp: { port: 0, proxy-protocol.mode: off } }
            """.formatted(certificate.store(), TestCertificate.PASSWORD), Beans.class);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        Peers peers() {
            return new Peers();
        }
    }

    static class Peers {

        @ServiceActivator
        public String take(
                String payload,
                @Header(IpHeaders.IP_ADDRESS) String address,
                @Header(IpHeaders.HOSTNAME) String host,
                @Header(IpHeaders.REMOTE_PORT) int port) {
            return address + " " + host + " " + port + " " + payload;
        }
    }

    private static byte[] binary(int command, String source, int port) {
        byte[] from = InetAddress.ofLiteral(source).getAddress();
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes("\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1));
        header.write(command);
        header.write(from.length == 4 ? 0x11 : 0x21);
        header.write(0);
        header.write(2 * from.length + 4);
        header.writeBytes(from);
        header.writeBytes(new byte[from.length]);
        header.write(port >> 8);
        header.write(port);
        header.writeBytes(new byte[] {1, -69});
        return header.toByteArray();
    }

    private static Socket connect(String listener, byte[] header) throws IOException {
        Socket socket = sluice.connect(listener);
        socket.getOutputStream().write(header);
        return socket;
    }

    private static Socket connect(String listener, String header) throws IOException {
        return connect(listener, header.getBytes(UTF_8));
    }

    private static String converse(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void theHeaderTellsWhoThePeerIs() throws IOException {
        try (Socket v1 = connect("plain", LINE);
                Socket v2 = connect("plain", binary(0x21, "2001:db8::7", 40_000))) {
            assertThat(converse(v1, "one\n")).isEqualTo("203.0.113.7 56324 one\n");
            assertThat(converse(v2, "two\n")).isEqualTo("2001:db8::7 40000 two\n");
        }
    }

    @Test
    void messagesAndTheListOfConnectionsShowThePeer() throws IOException {
        try (Socket socket = connect("bean", LINE + "one\n")) {
            String answer = "203.0.113.7 203.0.113.7 56324 one\n";
            assertThat(new String(socket.getInputStream().readNBytes(answer.length()), UTF_8))
                    .isEqualTo(answer);
            List<InetSocketAddress> remotes = sluice.listener("bean").transport().connections().stream()
                    .map(Connection::remote)
                    .toList();
            assertThat(remotes).containsExactly(new InetSocketAddress("203.0.113.7", 56324));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN 1.2.3.4 whatever\r\n"})
    void whoIsUnknownComesFromTheProxy(String header) throws IOException {
        try (Socket socket = connect("plain", header)) {
            assertThat(converse(socket, "x\n")).isEqualTo("127.0.0.1 " + socket.getLocalPort() + " x\n");
        }
    }

    @Test
    void theProxysOwnConnectionComesFromTheProxyAndIsLetInAsThat() throws IOException {
        try (Socket socket = connect("guarded", binary(0x20, "203.0.113.66", 1))) {
            assertThat(converse(socket, "x\n")).isEqualTo("127.0.0.1 " + socket.getLocalPort() + " x\n");
        }
        try (Socket socket = sluice.connect("guarded")) {
            String own = "127.0.0.1 127.0.0.1 " + socket.getLocalPort() + " " + socket.getPort();
            assertThat(converse(socket, "PROXY TCP4 " + own + "\r\nx\n"))
                    .isEqualTo("127.0.0.1 " + socket.getLocalPort() + " x\n");
        }
        try (Socket unknown = connect("guarded", "PROXY UNKNOWN\r\n")) {
            assertThat(isClosed(unknown)).as("an unknown peer is not the proxy").isTrue();
        }
    }

    @Test
    void aHeaderMayComeByteByByte() throws IOException {
        for (byte[] header : List.of(LINE.getBytes(UTF_8), binary(0x21, "203.0.113.7", 56324))) {
            try (Socket socket = sluice.connect("greeting")) {
                socket.setTcpNoDelay(true);
                for (byte next : header) {
                    assertThat(socket.getInputStream().available())
                            .as("greeted too early")
                            .isZero();
                    socket.getOutputStream().write(next);
                }
                assertThat(converse(socket, "x\n")).isEqualTo("hello\n203.0.113.7 56324 x\n");
            }
        }
    }

    @Test
    void framesMayComeWithTheHeader() throws IOException {
        String large = "x".repeat(60_000);
        for (byte[] header : List.of(LINE.getBytes(UTF_8), binary(0x21, "203.0.113.7", 56324))) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(header);
            all.writeBytes(("one\ntwo\n" + large + "\nla").getBytes(UTF_8));
            try (Socket socket = connect("plain", all.toByteArray())) {
                String peer = "203.0.113.7 56324 ";
                assertThat(converse(socket, "st\n"))
                        .isEqualTo(peer + "one\n" + peer + "two\n" + peer + large + "\n" + peer + "last\n");
            }
        }
    }

    @Test
    void tlsBeginsBehindTheHeader() throws Exception {
        try (Socket socket = connect("secure", LINE)) {
            assertThat(converseSecurely(socket)).isEqualTo("203.0.113.7 56324 x\n");
        }
    }

    @Test
    void tlsMayBeginInThePacketOfTheHeader() throws Exception {
        byte[] header = binary(0x21, "203.0.113.7", 56324);
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> passOn(proxy, "secure", header));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.getLocalPort())) {
                assertThat(converseSecurely(socket)).isEqualTo("203.0.113.7 56324 x\n");
            }
        }
    }

    /** As HAProxy does with {@code check ssl}: it begins the handshake, and goes. */
    @Test
    void aProxyThatLooksWhetherThereIsTlsIsNoTrouble() throws Exception {
        try (Socket probe = connect("probed", binary(0x20, "203.0.113.7", 56324))) {
            probe.getOutputStream().write(new byte[] {22, 3, 1, 0, 100, 1});
        }

        await().untilAsserted(() ->
                assertThat(sluice.traffic("probed").closed(Closed.PEER).sum()).isEqualTo(1));
    }

    private static String converseSecurely(Socket socket) throws IOException {
        try (SSLSocket tls = (SSLSocket) trusting.getSocketFactory().createSocket(socket, "localhost", 1, true)) {
            tls.getOutputStream().write("x\n".getBytes(UTF_8));
            tls.shutdownOutput();
            return new String(tls.getInputStream().readAllBytes(), UTF_8);
        }
    }

    /** The header and the first bytes of one connection in one write, and then all else in both directions. */
    private static void passOn(ServerSocket proxy, String listener, byte[] header) {
        try (Socket peer = proxy.accept();
                Socket passedOn = sluice.connect(listener)) {
            byte[] first = new byte[16 * 1024];
            int n = peer.getInputStream().read(first);
            ByteArrayOutputStream together = new ByteArrayOutputStream();
            together.writeBytes(header);
            together.write(first, 0, n);
            passedOn.getOutputStream().write(together.toByteArray());
            Thread back = Thread.ofVirtual().start(() -> copy(passedOn, peer));
            copy(peer, passedOn);
            back.join();
        } catch (IOException | InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException ex) {
            // One of them has closed.
        }
    }

    @Test
    void whoIsNoTrustedProxyIsNotBelieved() throws IOException {
        long before = rejected("plain", Rejected.UNTRUSTED_PROXY);
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(20_000);
            socket.bind(new InetSocketAddress("127.0.0.2", 0));
            socket.connect(new InetSocketAddress("127.0.0.1", sluice.port("plain")));
            assertThat(isClosed(socket)).as("without a byte read").isTrue();
        }
        assertThat(rejected("plain", Rejected.UNTRUSTED_PROXY)).isEqualTo(before + 1);
    }

    @Test
    void whereThereIsNoProxyAHeaderIsAMessage() throws IOException {
        try (Socket socket = connect("direct", LINE)) {
            assertThat(converse(socket, ""))
                    .isEqualTo("127.0.0.1 " + socket.getLocalPort() + " " + LINE.strip() + "\n");
        }
    }

    @Test
    void whatHasNoHeaderIsRejected() throws IOException {
        Traffic traffic = sluice.traffic("malformed");
        List<String> wrong =
                List.of("hello\n", "PROXY TCP4 1.2.3.4\r\n", "PROXY TCP4 1.2.3.400 1.2.3.4 1 2\r\n", "\r\n\r\nx");
        for (String header : wrong) {
            try (Socket socket = connect("malformed", header)) {
                assertThat(isClosed(socket)).as(header).isTrue();
            }
        }
        try (Socket socket = connect("malformed", LINE.substring(0, 20))) {
            socket.shutdownOutput();
            assertThat(isClosed(socket)).isTrue();
        }
        await().untilAsserted(() ->
                assertThat(rejected("malformed", Rejected.PROXY_HEADER)).isEqualTo(wrong.size() + 1));
        assertThat(traffic.connectionsAccepted.sum()).isZero();
        assertThat(traffic.received.sum()).isZero();

        // Those who only look whether there is a port are no trouble.
        sluice.connect("malformed").close();
        await().untilAsserted(
                        () -> assertThat(traffic.closed(Closed.PEER).sum()).isEqualTo(1));
        assertThat(traffic.connectionsAccepted.sum()).isEqualTo(1);
        assertThat(rejected("malformed", Rejected.PROXY_HEADER)).isEqualTo(wrong.size() + 1);
    }

    @Test
    void aHeaderThatDripsIsRejectedAtTheDeadline() throws Exception {
        long begun = System.nanoTime();
        AtomicInteger at = new AtomicInteger();
        try (Socket socket = sluice.connect("impatient");
                ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor()) {
            Future<?> dripping = drip.scheduleAtFixedRate(
                    () -> write(socket, LINE.substring(at.get(), at.incrementAndGet())), 0, 100, TimeUnit.MILLISECONDS);
            assertThat(isClosed(socket)).isTrue();
            dripping.cancel(false);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(600), Duration.ofSeconds(10));
        await().untilAsserted(() ->
                assertThat(rejected("impatient", Rejected.PROXY_TIMEOUT)).isEqualTo(1));
        Traffic traffic = sluice.traffic("impatient");
        assertThat(traffic.connectionsAccepted.sum()).isZero();
        assertThat(traffic.closed(Closed.HANDSHAKE_TIMEOUT).sum()).isZero();
    }

    /** The time that the header took is not given to the handshake once more. */
    @Test
    void headerAndHandshakeHaveOneDeadlineTogether() throws Exception {
        long begun = System.nanoTime();
        try (Socket socket = sluice.connect("impatient-secure");
                ScheduledExecutorService header = Executors.newSingleThreadScheduledExecutor()) {
            header.schedule(() -> write(socket, LINE), 1_500, TimeUnit.MILLISECONDS);
            assertThat(isClosed(socket)).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofSeconds(2), Duration.ofMillis(3_400));
        await().untilAsserted(() -> assertThat(sluice.traffic("impatient-secure")
                        .closed(Closed.HANDSHAKE_TIMEOUT)
                        .sum())
                .isEqualTo(1));
        assertThat(rejected("impatient-secure", Rejected.PROXY_TIMEOUT)).isZero();
    }

    @Test
    void theAddressThatCountsIsThePeers() throws IOException {
        try (Socket one = in("guarded", "203.0.113.1");
                Socket two = in("guarded", "203.0.113.1")) {
            assertRejected("guarded", "203.0.113.1", Rejected.MAX_CONNECTIONS_PER_ADDRESS);
            assertRejected("guarded", "203.0.113.66", Rejected.ACCESS_DENIED);
            assertRejected("guarded", "127.0.0.1", Rejected.ACCESS_DENIED);
            try (Socket three = in("guarded", "203.0.113.2");
                    Socket four = in("guarded", "203.0.113.3")) {
                assertRejected("guarded", "203.0.113.4", Rejected.MAX_CONNECTIONS);
                assertThat(sluice.listener("guarded").transport().connections()).hasSize(4);
            }
        }
        // All places are free again, and no more than those.
        await().untilAsserted(() ->
                assertThat(sluice.listener("guarded").transport().connections()).isEmpty());
        for (int round = 0; round < 20; round++) {
            try (Socket one = in("guarded", "203.0.113.1");
                    Socket two = in("guarded", "203.0.113.1");
                    Socket three = in("guarded", "203.0.113.2");
                    Socket four = in("guarded", "203.0.113." + (100 + round))) {
                assertRejected("guarded", "203.0.113.9", Rejected.MAX_CONNECTIONS);
            }
        }
    }

    @Test
    void onlyThoseWhoMayComeInCountForTheRate() throws IOException {
        for (int i = 0; i < 50; i++) {
            assertRejected("paced", "203.0.113.66", Rejected.ACCESS_DENIED);
        }
        long begun = System.nanoTime();
        int served = 0;
        for (int i = 0; i < 40; i++) {
            try (Socket socket = connect("paced", binary(0x21, "203.0.113." + (100 + i), 1))) {
                served += isClosed(socket, "x\n") ? 0 : 1;
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertThat(served).isBetween(5, (int) (5 + 5 * seconds));
        int rejected = 40 - served;
        await().untilAsserted(() ->
                assertThat(rejected("paced", Rejected.CONNECTIONS_PER_SECOND)).isEqualTo(rejected));
    }

    @Test
    void whoHasNotSaidWhoTheyAreIsNobodysBusiness() throws Exception {
        var transport = sluice.listener("stopped").transport();
        try (Socket awaited = sluice.connect("stopped");
                Socket known = connect("stopped", LINE + "x\n")) {
            assertThat(known.getInputStream().read()).isPositive();
            assertThat(transport.connections()).hasSize(1);

            // Nor does a stop wait for them.
            known.close();
            await().until(() -> transport.connections().isEmpty());
            long begun = System.nanoTime();
            sluice.listener("stopped").stop();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
            assertThat(isClosed(awaited)).isTrue();
        }
        Traffic traffic = sluice.traffic("stopped");
        assertThat(traffic.connectionsAccepted.sum()).isEqualTo(2);
        assertThat(traffic.closed(Closed.STOPPED).sum()).isEqualTo(1);
    }

    /** Connected through the proxy, and served, as soon as the place of one who has gone is free again. */
    private static Socket in(String listener, String peer) {
        AtomicReference<Socket> in = new AtomicReference<>();
        await().ignoreExceptions().until(() -> {
            Socket socket = connect(listener, binary(0x21, peer, 1));
            if (isClosed(socket, "x\n")) {
                socket.close();
                return false;
            }
            in.set(socket);
            return true;
        });
        return in.get();
    }

    private static void write(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(UTF_8));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static void assertRejected(String listener, String peer, Rejected reason) throws IOException {
        long before = rejected(listener, reason);
        Socket socket = sluice.connect(listener);
        try (socket) {
            socket.getOutputStream().write(binary(0x21, peer, 1));
            assertThat(isClosed(socket)).isTrue();
        } catch (SocketException ex) {
            // Reset before the header was written.
        }
        await().untilAsserted(() -> assertThat(rejected(listener, reason)).isEqualTo(before + 1));
    }

    /** Whether the connection ends without an answer, here and in the next: in order or by a reset. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException ex) {
            return true;
        }
    }

    private static boolean isClosed(Socket socket, String message) throws IOException {
        try {
            socket.getOutputStream().write(message.getBytes(UTF_8));
            return socket.getInputStream().read() < 0;
        } catch (SocketException ex) {
            return true;
        }
    }

    private static long rejected(String listener, Rejected reason) {
        return sluice.traffic(listener).rejected(reason).sum();
    }
}
