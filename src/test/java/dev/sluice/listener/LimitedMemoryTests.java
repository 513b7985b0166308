package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestCertificate;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Listeners whose connections may hold no more than a megabyte together. */
@Timeout(120)
final class LimitedMemoryTests {

    private static final int LIMIT = 1 << 20;
    private static final byte[] UNFINISHED = "x".repeat(60_000).getBytes(US_ASCII);

    @TempDir
    private static Path folder;

    private static RunningSluice sluice;
    private final List<Socket> peers = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        sluice = RunningSluice.with("""
            spring.ssl.bundle.jks.edge.keystore: { location: "file:%s", password: %s }
            sluice:
              memory.limit: 1MB
              data-directory: %s
              defaults: { tcp.address: 127.0.0.1, delivery.max-spool-size: 1MB }
              listeners:
                echo: { tcp.port: 0, reply.type: echo }
                roomy: { tcp.port: 0, framing.max-size: 16MB, reply.type: echo }
                large: { tcp: { port: 0, send-buffer: 16KB }, reply: { type: text, text: "%s" } }
                secure: { tcp: { port: 0, tls.bundle: edge }, reply.type: echo }
                proxied: { tcp: { port: 0, proxy-protocol: { mode: required, trusted: 127.0.0.1 } }, reply.type: echo }
                full: { tcp.port: 0, reply: { type: text, text: OK, after: accepted }, sinks: [away] }
                datagrams: { udp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
              sinks.away.tcp: { host: 127.0.0.1, port: 1 }
            """.formatted(
                        certificate.store(), TestCertificate.PASSWORD, folder.resolve("data"), "{payload}".repeat(5)));
    }

    @AfterEach
    void leaveNothingHeld() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
        await().until(() -> memory().used() == 0);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static MemoryBudget memory() {
        return sluice.bean(MemoryBudget.class);
    }

    private Socket connect(String listener) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sluice.port(listener)));
        peers.add(socket);
        return socket;
    }

    private long closed(String listener) {
        return sluice.traffic(listener).closed(Reason.Closed.MEMORY).sum();
    }

    private void assertServed(String listener) throws IOException {
        String line = "a line that is longer than a small buffer " + "y".repeat(3000) + "\n";
        try (Socket socket = sluice.connect(listener)) {
            socket.getOutputStream().write(line.getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(line.length()), US_ASCII))
                    .isEqualTo(line);
        }
    }

    /** Those who took the memory lose it, and others are served. */
    private void assertKept(String listener) throws IOException {
        await().until(() -> closed(listener) > 0);
        assertThat(memory().used()).isLessThanOrEqualTo(LIMIT);
        assertServed("echo");
    }

    private interface Attack {
        void on(Socket socket) throws IOException;
    }

    private void repeat(int count, String listener, Attack attack) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = connect(listener);
            try {
                attack.on(socket);
            } catch (IOException ex) {
                // Closed already.
            }
        }
    }

    @Test
    void framesWithoutAnEnd() throws Exception {
        repeat(40, "echo", socket -> socket.getOutputStream().write(UNFINISHED));
        assertKept("echo");
    }

    @Test
    void answersThatAreNotRead() throws Exception {
        repeat(20, "large", socket -> {
            socket.getOutputStream().write(UNFINISHED);
            socket.getOutputStream().write('\n');
        });
        assertKept("large");
    }

    @Test
    void handshakesThatStayOpen() throws Exception {
        repeat(40, "secure", socket -> socket.getOutputStream().write(0x16));
        assertKept("secure");
    }

    @Test
    void longProxyHeaders() throws Exception {
        byte[] begun = ByteBuffer.allocate(1000)
                .put("\r\n\r\n\0\r\nQUIT\n".getBytes(US_ASCII))
                .put(new byte[] {0x21, 0x11})
                .putShort((short) 60_000)
                .array();
        repeat(40, "proxied", socket -> socket.getOutputStream().write(begun));
        await().until(() -> sluice.listener("proxied")
                        .transport()
                        .traffic()
                        .connectionsAccepted
                        .sum()
                > 0);
        assertKept("proxied");
    }

    @Test
    void messagesThatWaitForASpoolWithoutRoom() throws Exception {
        byte[] many = ("z".repeat(1000) + "\n").repeat(50).getBytes(US_ASCII);
        // About twenty fit into the spool; the others wait, each with what it has gathered.
        repeat(40, "full", socket -> socket.getOutputStream().write(many));
        await().until(() -> memory().used() > LIMIT / 2);
        assertThat(memory().used()).isLessThanOrEqualTo(LIMIT);
        assertServed("echo");
        sluice.listener("full").stop();
    }

    @Test
    void aFrameLargerThanHalfOfAll() throws Exception {
        Socket other = connect("echo");
        other.getOutputStream().write("begun".getBytes(US_ASCII));
        repeat(1, "roomy", socket -> {
            for (int i = 0; i < 100; i++) {
                socket.getOutputStream().write(UNFINISHED);
            }
        });
        await().until(() -> closed("roomy") == 1);
        other.getOutputStream().write(" and ended\n".getBytes(US_ASCII));
        assertThat(new String(other.getInputStream().readNBytes(16), US_ASCII)).isEqualTo("begun and ended\n");
    }

    @Test
    void moreConnectionsThanThereIsMemoryFor() throws Exception {
        repeat(200, "echo", socket -> {});
        await().until(() ->
                sluice.traffic("echo").rejected(Reason.Rejected.MEMORY).sum() > 0);
        assertThat(memory().used()).isLessThanOrEqualTo(LIMIT);
        leaveNothingHeld();
        assertServed("echo");
    }

    @Test
    void datagramsAreAnsweredAndNothingIsHeld() throws Exception {
        byte[] payload = "x".repeat(30_000).getBytes(US_ASCII);
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 20; i++) {
                sluice.sendDatagram(socket, "datagrams", payload);
                assertThat(RunningSluice.receiveDatagram(socket)).isEqualTo(payload);
            }
        }
        await().until(() -> memory().used() == 0);
    }

    @Test
    void aBufferThatIsEmptyIsGivenBackWhereMemoryIsTight() throws Exception {
        byte[] line = ("w".repeat(40_000) + "\n").getBytes(US_ASCII);
        for (int i = 0; i < 30; i++) {
            Socket socket = connect("echo");
            for (int round = 0; round < 3; round++) {
                socket.getOutputStream().write(line);
                assertThat(socket.getInputStream().readNBytes(line.length)).isEqualTo(line);
            }
        }
        // Each would hold 64 KB if it kept what it once needed.
        assertThat(memory().used()).isLessThan(LIMIT);
        Socket last = peers.getLast();
        last.getOutputStream().write(line);
        assertThat(last.getInputStream().readNBytes(line.length)).isEqualTo(line);
    }
}
