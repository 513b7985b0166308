package dev.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.transport.Devices;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS towards devices that are dialled. The certificate of theirs is for {@code localhost}. */
final class DialledTlsTests {

    @TempDir
    private static Path folder;

    private static TestDevice device;
    private static TestDevice asking;
    private static TestDevice plain;
    private static RunningSluice sluice;

    @BeforeAll
    static void start() throws Exception {
        TestAuthority authority = TestAuthority.in(folder, "authority");
        authority.issue("device", "CN=device");
        authority.issue("ours", "CN=sluice");
        TestAuthority stranger = TestAuthority.in(folder, "stranger");
        SSLContext context = authority.context("device");
        device = TestDevice.speaking(context.getServerSocketFactory());
        asking = TestDevice.speaking(new Asking(context));
        plain = TestDevice.at("127.0.0.1");
        sluice = RunningSluice.with("""
            spring.ssl.bundle.pem:
              trusting: { truststore.certificate: "%1$s" }
              own:
                truststore.certificate: "%1$s"
                keystore: { certificate: "%2$s", private-key: "%3$s" }
              wary: { truststore.certificate: "%4$s" }
            sluice:
              listeners:
                by-name.tcp: { connect: "localhost:%5$d", tls.bundle: trusting }
                by-address.tcp: { connect: "127.0.0.1:%5$d", tls.bundle: trusting }
                by-server-name.tcp: { connect: "127.0.0.1:%5$d", tls: { bundle: trusting, server-name: localhost } }
                by-wrong-name.tcp: { connect: "localhost:%5$d", tls: { bundle: trusting, server-name: other.example } }
                not-trusted.tcp: { connect: "localhost:%5$d", tls.bundle: wary }
                asked.tcp: { connect: "localhost:%6$d", tls.bundle: own }
                plain.tcp: { connect: "127.0.0.1:%7$d", tls.bundle: trusting }
            """.formatted(
                        authority.certificate(),
                        authority.certificateFile("ours"),
                        authority.keyFile("ours"),
                        stranger.certificate(),
                        device.port(),
                        asking.port(),
                        plain.port()));
    }

    @AfterAll
    static void stop() throws IOException {
        sluice.close();
        device.close();
        asking.close();
        plain.close();
    }

    private static Devices devices(String listener) {
        return sluice.listener(listener).transport().devices().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"by-name", "by-server-name", "asked"})
    void speaksToADeviceThatHasItsCertificate(String listener) {
        await().atMost(Duration.ofSeconds(20)).until(() -> devices(listener).up() == 1);
        await().until(() -> {
            device.send("reading");
            asking.send("reading");
            return sluice.traffic(listener).accepted.sum() > 0;
        });
        assertThat(sluice.listener(listener)
                        .transport()
                        .connections()
                        .iterator()
                        .next()
                        .tlsSubject())
                .contains("CN=device");
    }

    @ParameterizedTest
    @ValueSource(strings = {"by-address", "by-wrong-name", "not-trusted"})
    void leavesADeviceAloneWhoseCertificateIsNotItsOwn(String listener) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !devices(listener).absences(1).isEmpty());
        assertThat(devices(listener).absences(1).getFirst().failure())
                .startsWith("no TLS: its certificate is not trusted, or is for another name: ");
        assertThat(devices(listener).up()).isZero();
    }

    @Test
    void tellsADeviceThatSpeaksNoTls() {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            plain.send("hello, this is plain text");
            return !devices("plain").absences(1).isEmpty();
        });
        assertThat(devices("plain").absences(1).getFirst().failure()).isEqualTo("no TLS: it speaks something else");
    }

    /** Has who connects show a certificate. */
    private static final class Asking extends ServerSocketFactory {

        private final SSLContext context;

        Asking(SSLContext context) {
            this.context = context;
        }

        @Override
        public ServerSocket createServerSocket() throws IOException {
            SSLServerSocket socket =
                    (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
            socket.setNeedClientAuth(true);
            return socket;
        }

        @Override
        public ServerSocket createServerSocket(int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
            throw new UnsupportedOperationException();
        }
    }
}
