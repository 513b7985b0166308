package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestCertificate;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A port that speaks TLS, and what comes to it. */
final class TlsListenerTests {

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
              listeners:
                secure:
                  tcp: { address: 127.0.0.1, port: 0, greeting: "成功连接服务器!", tls.bundle: edge }
                  framing.max-size: 4MB
                  reply.type: echo
                small:
                  tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge }
                  framing.max-size: 100B
                unfinished:
                  tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge }
                  timeouts.handshake: 0
                stopped:
                  tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge }
                impatient:
                  tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge }
                  timeouts.handshake: 400ms
            """.formatted(certificate.store(), TestCertificate.PASSWORD));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static SSLSocket connect(String listener, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(sluice.connect(listener), "localhost", sluice.port(listener), true);
        socket.setEnabledProtocols(protocols);
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void greetsAndAnswersAndEndsItsSideInOrder(String protocol) throws Exception {
        String line = "世界".repeat(200_000) + "\n";
        try (SSLSocket socket = connect("secure", protocol)) {
            OutputStream out = socket.getOutputStream();
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    out.write(line.getBytes(UTF_8));
                    out.write("short\n".getBytes(UTF_8));
                    socket.shutdownOutput();
                } catch (IOException ex) {
                    // The answers are incomplete then.
                }
            });

            // Without the other side's close_notify, this would be an error of truncation.
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("成功连接服务器!" + line + "short\n");
            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            writer.join();
        }
    }

    @Test
    void refusesACipherWithoutAuthenticatedEncryption() throws Exception {
        try (SSLSocket socket = connect("secure", "TLSv1.2")) {
            socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});

            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    /** What begins to come and does not end is not waited for, once the connection is to end. */
    @Test
    void aRecordThatDripsDoesNotKeepAConnectionThatIsToEnd() throws Exception {
        try (Socket plain = sluice.connect("small");
                SSLSocket socket = (SSLSocket)
                        trusting.getSocketFactory().createSocket(plain, "localhost", sluice.port("small"), false)) {
            socket.getOutputStream().write("far too long".repeat(20).getBytes(UTF_8));
            OutputStream raw = plain.getOutputStream();
            raw.write(new byte[] {0x17, 3, 3, 0x40, 0});
            await().atMost(20, TimeUnit.SECONDS)
                    .pollInterval(100, TimeUnit.MILLISECONDS)
                    .until(() -> {
                        try {
                            raw.write(0);
                        } catch (IOException ex) {
                            return true;
                        }
                        return false;
                    });
        }

        assertThat(closed("small", Reason.Closed.OVERSIZE)).isEqualTo(1);
    }

    @Test
    void aHandshakeThatHasNotEndedDoesNotHoldUpAStop() throws Exception {
        try (Socket silent = sluice.connect("unfinished")) {
            await().until(() ->
                    sluice.listener("unfinished").transport().connections().size() == 1);
            long begun = System.nanoTime();
            sluice.listener("unfinished").stop();
            assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(5));
            assertThat(silent.getInputStream().read()).isNegative();
        }
    }

    @Test
    void closesAConnectionThatDoesNotSpeakTls() throws Exception {
        long before = closed("impatient", Reason.Closed.NOT_TLS);
        try (Socket plain = sluice.connect("impatient")) {
            plain.getOutputStream().write("hello, is anybody there?\n".getBytes(UTF_8));
            plain.getInputStream().readAllBytes();
        }
        await().untilAsserted(() ->
                assertThat(closed("impatient", Reason.Closed.NOT_TLS)).isEqualTo(before + 1));
    }

    @Test
    void closesAConnectionWhoseHandshakeStalls() throws Exception {
        try (Socket silent = sluice.connect("impatient")) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() ->
                assertThat(closed("impatient", Reason.Closed.HANDSHAKE_TIMEOUT)).isPositive());
    }

    /** TLS 1.2 of the JDK's own client, which would take part in it. */
    @Test
    void shakesHandsOnceAConnection() throws Exception {
        try (SSLSocket socket = connect("secure", "TLSv1.2")) {
            socket.startHandshake();
            byte[] greeting = "成功连接服务器!".getBytes(UTF_8);
            assertThat(socket.getInputStream().readNBytes(greeting.length)).isEqualTo(greeting);

            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        socket.getInputStream().read();
                    })
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void endsItsSideInOrderWhenItStops() throws Exception {
        try (SSLSocket socket = connect("stopped", "TLSv1.3")) {
            socket.startHandshake();
            socket.getOutputStream().write("handed on\n".getBytes(UTF_8));
            await().until(() -> sluice.traffic("stopped").accepted.sum() == 1);
            Thread stopping =
                    Thread.ofVirtual().start(() -> sluice.listener("stopped").stop());

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            socket.close();
            stopping.join();
            assertThat(closed("stopped", Reason.Closed.BROKEN)).isZero();
        }
    }

    private static long closed(String listener, Reason.Closed reason) {
        return sluice.traffic(listener).closed(reason).sum();
    }
}
