package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.TestCertificate;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What is wrong with an SSL bundle is told at the start, in one report. */
@Isolated("what is printed is captured")
@ExtendWith(OutputCaptureExtension.class)
final class BundleFailureTests {

    @TempDir
    private static Path folder;

    private static TestAuthority authority;
    private static Path store;

    @BeforeAll
    static void issue() throws Exception {
        authority = TestAuthority.in(folder, "authority");
        authority.issue("server", "CN=localhost");
        authority.issue("other", "CN=localhost");
        authority.issue("expired", "CN=localhost", -3, 2);
        authority.issue("early", "CN=localhost", 2, 2);
        store = TestCertificate.in(folder).store();
    }

    private static String pem(Path certificate, Path key) {
        return "spring.ssl.bundle.pem.edge.keystore: { certificate: \"" + certificate + "\", private-key: \"" + key
                + "\" }";
    }

    private static RunningSluice start(String bundle, String tls) {
        return RunningSluice.with(bundle + """

            sluice.listeners.secure.tcp: { address: 127.0.0.1, port: 0, tls: { bundle: edge%s } }
            """.formatted(tls));
    }

    private static void assertReported(CapturedOutput output, String bundle, String tls, String... report) {
        assertThat(catchThrowable(() -> start(bundle, tls).close())).isNotNull();

        assertThat(output)
                .contains("APPLICATION FAILED TO START", "The configuration has a problem:")
                .contains(report)
                .doesNotContain("\tat ");
    }

    @Test
    void aKeyThatIsNotTheCertificates(CapturedOutput output) throws Exception {
        assertReported(
                output,
                pem(authority.certificateFile("server"), authority.keyFile("other")),
                "",
                "spring.ssl.bundle.pem.edge: the private key is not that of the certificate for 'CN=localhost'");
    }

    @Test
    void aFileThatIsNotThere(CapturedOutput output) throws Exception {
        assertReported(
                output,
                pem(folder.resolve("none.crt"), authority.keyFile("server")),
                "",
                "spring.ssl.bundle.pem.edge: ",
                "none.crt",
                "there is no such file");
    }

    @Test
    void aFileThatIsNotThereAndIsToBeWatched(CapturedOutput output) throws Exception {
        assertReported(
                output,
                pem(authority.certificateFile("server"), folder.resolve("none.key"))
                        + "\nspring.ssl.bundle.pem.edge.reload-on-update: true",
                "",
                "spring.ssl.bundle.pem.edge: ",
                "none.key");
    }

    @Test
    void aFileThatIsNoCertificate(CapturedOutput output) throws Exception {
        Path text = Files.writeString(folder.resolve("text.crt"), "no certificate at all");
        assertReported(output, pem(text, authority.keyFile("server")), "", "spring.ssl.bundle.pem.edge: ");
    }

    @Test
    void aStoreWithAnotherPassword(CapturedOutput output) throws Exception {
        assertReported(
                output,
                "spring.ssl.bundle.jks.edge.keystore: { location: \"file:" + store + "\", password: mistaken }",
                "",
                "spring.ssl.bundle.jks.edge: ",
                "password was incorrect");
        assertThat(output).doesNotContain("mistaken");
    }

    @Test
    void aBundleWithoutAKey(CapturedOutput output) throws Exception {
        assertReported(
                output,
                "spring.ssl.bundle.pem.edge.truststore.certificate: \"" + authority.certificate() + "\"",
                "",
                "sluice.listeners.secure.tcp.tls: bundle 'edge' holds no certificate with its private key");
    }

    @Test
    void aTruststoreThatTrustsNobody(CapturedOutput output) throws Exception {
        KeyStore nobody = KeyStore.getInstance("PKCS12");
        nobody.load(null, null);
        Path trusted = folder.resolve("nobody.p12");
        try (OutputStream out = Files.newOutputStream(trusted)) {
            nobody.store(out, TestCertificate.PASSWORD.toCharArray());
        }
        assertReported(
                output,
                """
                spring.ssl.bundle.jks.edge:
                  keystore: { location: "file:%s", password: %s }
                  truststore: { location: "file:%s", password: %s }
                """.formatted(store, TestCertificate.PASSWORD, trusted, TestCertificate.PASSWORD),
                ", client-auth: need",
                "sluice.listeners.secure.tcp.tls: bundle 'edge' does not say which certificates of peers to trust");
    }

    @Test
    void aCipherThatNobodyKnows(CapturedOutput output) throws Exception {
        assertReported(
                output,
                pem(authority.certificateFile("server"), authority.keyFile("server"))
                        + "\nspring.ssl.bundle.pem.edge.options.ciphers: [TLS_ROT13]",
                "",
                "sluice.listeners.secure.tcp.tls: bundle 'edge' names the cipher 'TLS_ROT13', which is not known here");
    }

    @Test
    void aCertificateThatIsOutOfDateIsALineAndNoReasonToKeepEveryoneOut(CapturedOutput output) throws Exception {
        for (String alias : new String[] {"expired", "early"}) {
            start(pem(authority.certificateFile(alias), authority.keyFile(alias)), "")
                    .close();
        }

        assertThat(output.getAll().lines())
                .filteredOn(line -> line.contains(" WARN ")
                        && line.contains("Listener 'secure': the certificate in SSL bundle 'edge'"))
                .hasSize(2);
        assertThat(output).doesNotContain("\tat ");
    }
}
