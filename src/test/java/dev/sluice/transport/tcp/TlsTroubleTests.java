package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an operator reads of peers that cannot come to terms with a port. */
@Isolated("what is logged is captured")
@ExtendWith(OutputCaptureExtension.class)
final class TlsTroubleTests {

    /** A record with a ClientHello of TLS 1.1 that knows one cipher and no extension. */
    private static final byte[] TLS_1_1 =
            HexFormat.of().parseHex("160302002d" + "01000029" + "0302" + "00".repeat(32) + "00" + "0002c02b" + "0100");

    /** The same of TLS 1.2, with curves and ways of signing. */
    private static final byte[] TLS_1_2 = HexFormat.of()
            .parseHex("1603030043" + "0100003f" + "0303" + "00".repeat(32) + "00" + "0002c02b" + "0100"
                    + "0014000a0006000400170018000d0006000404030503");

    private static final byte[] UNKNOWN_AUTHORITY = HexFormat.of().parseHex("15030300020230");

    private static final Pattern MANY = Pattern.compile(
            "Listener 'flooded': (127.0.0.1 port \\d+ speaks no TLS, as this port does( \\(and (?<before>\\d+) more"
                    + " before, reason 'not-tls'\\))?|(?<since>\\d+) more since, reason 'not-tls')");

    @TempDir
    private static Path folder;

    private static TestAuthority authority;
    private static TestAuthority stranger;
    private static Path certificate;
    private static Path key;
    private static RunningSluice sluice;

    @BeforeAll
    static void start() throws Exception {
        authority = TestAuthority.in(folder, "authority");
        authority.issue("server", "CN=localhost");
        authority.issue("expired", "CN=meter-1", -3, 2);
        stranger = TestAuthority.in(folder, "stranger");
        stranger.issue("meter", "CN=meter-7");
        certificate = Files.copy(authority.certificateFile("server"), folder.resolve("edge.crt"));
        key = Files.copy(authority.keyFile("server"), folder.resolve("edge.key"));
        sluice = RunningSluice.with("""
            spring.ssl.bundle:
              watch.file.quiet-period: 100ms
              pem.edge:
                reload-on-update: true
                keystore: { certificate: "%s", private-key: "%s" }
                truststore.certificate: "%s"
            sluice:
              listeners:
                secure: { tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge } }
                distrusted: { tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge } }
                resetting: { tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge } }
                quiet: { tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge } }
                flooded: { tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge } }
                needing: { tcp: { address: 127.0.0.1, port: 0, tls: { bundle: edge, client-auth: need } } }
                plain: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                counting: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: length-prefixed, reply.type: echo }
                raw: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: raw, reply.type: echo }
            """.formatted(certificate, key, authority.certificate()));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static SSLSocket connect(SSLContext context, String listener) throws IOException {
        return (SSLSocket) context.getSocketFactory()
                .createSocket(sluice.connect(listener), "localhost", sluice.port(listener), true);
    }

    /** In TLS 1.2, where a client hears at once that it is refused. */
    private static void failToShakeHands(SSLContext context, String listener, String... ciphers) throws IOException {
        try (SSLSocket socket = connect(context, listener)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            if (ciphers.length > 0) {
                socket.setEnabledCipherSuites(ciphers);
            }
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    /** Sends, and waits until the listener has ended the connection. */
    private static void send(String listener, byte[] bytes) throws IOException {
        try (Socket socket = sluice.connect(listener)) {
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readAllBytes();
        }
    }

    private static void awaitLine(CapturedOutput output, String listener, String says) {
        await().untilAsserted(() -> assertThat(output.getAll().lines())
                .filteredOn(line -> line.contains(" WARN ")
                        && line.contains("Listener '" + listener + "': 127.0.0.1 port ")
                        && line.contains(says))
                .hasSize(1));
        assertThat(output.getAll()).as("No stack trace").doesNotContain("\tat ", "Exception");
    }

    private static void awaitClosed(String listener, Reason.Closed reason) {
        await().untilAsserted(() ->
                assertThat(sluice.traffic(listener).closed(reason).sum()).isEqualTo(1));
    }

    @Test
    void plainTextAtATlsPort(CapturedOutput output) throws Exception {
        send("secure", "hello, is anybody there?\n".getBytes(UTF_8));

        awaitLine(output, "secure", "speaks no TLS, as this port does");
        awaitClosed("secure", Reason.Closed.NOT_TLS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "counting"})
    void tlsAtAPlainPort(String listener, CapturedOutput output) throws Exception {
        try (SSLSocket socket = connect(authority.context(), listener)) {
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }

        awaitLine(output, listener, "speaks TLS, and this port does not");
        awaitClosed(listener, Reason.Closed.UNEXPECTED_TLS);
        assertThat(sluice.traffic(listener).dropped(Reason.Dropped.MALFORMED).sum())
                .isEqualTo(1);
        assertThat(sluice.traffic(listener).received.sum()).isEqualTo(1);
        assertThat(sluice.traffic(listener).accepted.sum()).isZero();
    }

    @Test
    void whereAllBytesAreWelcomeSoAreThoseOfTls() throws Exception {
        assertThat(sluice.converse("raw", TLS_1_1)).isEqualTo(TLS_1_1);
    }

    @Test
    void noCommonVersion(CapturedOutput output) throws Exception {
        send("secure", TLS_1_1);

        awaitLine(output, "secure", "knows no version of TLS that this port takes: ");
        assertThat(output.getAll()).contains("TLSv1.1");
    }

    @Test
    void noCommonCipher(CapturedOutput output) throws Exception {
        failToShakeHands(authority.context(), "secure", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");

        awaitLine(output, "secure", "knows no cipher that this port takes with its certificate");
    }

    @Test
    void noCertificate(CapturedOutput output) throws Exception {
        failToShakeHands(authority.context(), "needing");

        awaitLine(output, "needing", "shows no certificate");
    }

    @Test
    void anExpiredCertificate(CapturedOutput output) throws Exception {
        failToShakeHands(authority.context("expired"), "needing");

        awaitLine(output, "needing", "shows a certificate that is out of date: NotAfter: ");
    }

    @Test
    void aCertificateThatSomebodyElseHasIssued(CapturedOutput output) throws Exception {
        failToShakeHands(authority.context(stranger, "meter"), "needing");

        awaitLine(output, "needing", "shows a certificate that the bundle's truststore does not trust: ");
    }

    /** All at once, since an alert can be lost to the reset that follows it. */
    @Test
    void aPeerThatDoesNotTrustUs(CapturedOutput output) throws Exception {
        byte[] bytes = Arrays.copyOf(TLS_1_2, TLS_1_2.length + UNKNOWN_AUTHORITY.length);
        System.arraycopy(UNKNOWN_AUTHORITY, 0, bytes, TLS_1_2.length, UNKNOWN_AUTHORITY.length);
        send("secure", bytes);

        awaitLine(output, "secure", "refuses this port's certificate or terms: ");
    }

    /** It says so in clear text. */
    @Test
    void aPeerOfTls13ThatDoesNotTrustUs(CapturedOutput output) throws Exception {
        Path errors = folder.resolve("openssl");
        Process openssl;
        try {
            openssl = new ProcessBuilder(
                            "openssl",
                            "s_client",
                            "-tls1_3",
                            "-verify_return_error",
                            "-connect",
                            "127.0.0.1:" + sluice.port("distrusted"))
                    .redirectErrorStream(true)
                    .redirectOutput(errors.toFile())
                    .start();
        } catch (IOException ex) {
            throw new TestAbortedException("openssl is not installed", ex);
        }
        assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();

        assertThat(Files.readString(errors)).contains("certificate verify failed");
        awaitLine(output, "distrusted", "refuses this port's certificate or terms: ");
    }

    @Test
    void aPeerThatBreaksOff(CapturedOutput output) throws Exception {
        try (Socket socket = sluice.connect("secure")) {
            socket.getOutputStream().write(TLS_1_1, 0, 20);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }

        awaitLine(output, "secure", "ended the connection within the handshake");
    }

    @Test
    void aPeerThatResetsTheConnectionWithinTheHandshake(CapturedOutput output) throws Exception {
        try (Socket socket = sluice.connect("resetting")) {
            socket.getOutputStream().write(TLS_1_2, 0, 20);
            await().until(() ->
                    sluice.listener("resetting").transport().connections().size() == 1);
            socket.setSoLinger(true, 0);
        }

        awaitLine(output, "resetting", "ended the connection within the handshake");
    }

    @Test
    void aPeerThatOnlyLooksWhetherThePortIsOpenIsNotWorthALine(CapturedOutput output) throws Exception {
        try (Socket socket = sluice.connect("quiet")) {
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }

        awaitClosed("quiet", Reason.Closed.PEER);
        try (Socket socket = sluice.connect("quiet")) {
            socket.setSoLinger(true, 0);
        }

        awaitClosed("quiet", Reason.Closed.BROKEN);
        assertThat(output.getAll()).doesNotContain("Listener 'quiet': 127.0.0.1 port ");
    }

    @Test
    void manyAreOneLineAndACount(CapturedOutput output) throws Exception {
        for (int i = 0; i < 20; i++) {
            send("flooded", "hello, is anybody there?\n".getBytes(UTF_8));
        }

        await().untilAsserted(() -> assertThat(told(output)).isEqualTo(20));
        assertThat(output.getAll().lines()).filteredOn(MANY.asPredicate()).hasSizeLessThan(20);
        assertThat(sluice.traffic("flooded").closed(Reason.Closed.NOT_TLS).sum())
                .isEqualTo(20);
    }

    /** How many the lines make together. */
    private static int told(CapturedOutput output) {
        return MANY.matcher(output.getAll())
                .results()
                .mapToInt(line -> line.group("since") != null
                        ? Integer.parseInt(line.group("since"))
                        : 1 + (line.group("before") != null ? Integer.parseInt(line.group("before")) : 0))
                .sum();
    }

    @Test
    void renewedFilesThatCannotBeUsedLeaveWhatWasThere(CapturedOutput output) throws Exception {
        byte[] before = Files.readAllBytes(key);
        Files.writeString(key, "no key at all");
        await().untilAsserted(() -> assertThat(output.getAll())
                .contains("SSL bundle 'edge': what it was before stays, since its renewed files cannot be used: "));

        Files.write(key, Files.readAllBytes(stranger.keyFile("meter")));
        await().untilAsserted(() -> assertThat(output.getAll())
                .contains("cannot be used: the private key is not that of the certificate for 'CN=localhost'"));
        try (SSLSocket socket = connect(authority.context(), "secure")) {
            socket.startHandshake();
        } catch (SSLException ex) {
            throw new AssertionError("What was there before is not used", ex);
        }
        assertThat(output.getAll()).as("No stack trace").doesNotContain("\tat ", "Exception");

        Files.write(key, before);
        await().untilAsserted(() -> assertThat(output.getAll())
                .contains("Listener 'secure': SSL bundle 'edge' is renewed; it counts for new connections"));
    }
}
