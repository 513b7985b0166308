package dev.sluice.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import java.net.Socket;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Certificates, ours and those of peers, as the management endpoints show them. */
final class TlsManagementTests {

    @TempDir
    private static Path folder;

    private static TestAuthority authority;
    private static RunningSluice sluice;
    private static Operator operator;

    @BeforeAll
    static void start() throws Exception {
        authority = TestAuthority.in(folder, "authority");
        authority.issue("lasting", "CN=localhost");
        authority.issue("ending", "CN=localhost", -1, 30);
        authority.issue("ended", "CN=localhost", -3, 2);
        authority.issue("mallory", "CN=mallory\\0D\\0A\\22forged\\22: true\\E2\\80\\A8x");
        sluice = start("ending");
        operator = new Operator(sluice, "operator:secret");
    }

    private static RunningSluice start(String certificate) throws Exception {
        return RunningSluice.withManagement("""
            spring.security.user.password: secret
            spring.ssl.bundle.pem.edge:
              keystore: { certificate: "%s", private-key: "%s" }
              truststore.certificate: "%s"
            sluice:
              listeners:
                secure: { tcp: { address: 127.0.0.1, port: 0, tls: { bundle: edge, client-auth: need } }, reply.type: echo }
                plain: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
            """.formatted(
                authority.certificateFile(certificate), authority.keyFile(certificate), authority.certificate()));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void aConnectionShowsTheSubjectOfItsPeer() throws Exception {
        try (SSLSocket socket = (SSLSocket) authority
                        .context("mallory")
                        .getSocketFactory()
                        .createSocket(sluice.connect("secure"), "localhost", sluice.port("secure"), true);
                Socket plain = sluice.connect("plain")) {
            for (Socket peer : new Socket[] {socket, plain}) {
                peer.getOutputStream().write("hello\n".getBytes(UTF_8));
                peer.getInputStream().readNBytes(6);
            }

            JsonNode secure =
                    operator.get("/connections?listener=secure").json().at("/connections/0");
            assertThat(secure.at("/tlsSubject").asString())
                    .isEqualTo("CN=mallory\\0D\\0A\\\"forged\\\": true\\E2\\80\\A8x");
            assertThat(secure.has("forged")).isFalse();
            JsonNode unencrypted =
                    operator.get("/connections?listener=plain").json().at("/connections/0");
            assertThat(unencrypted.at("/tlsSubject").isNull()).isTrue();
        }
    }

    @Test
    void aCertificateThatEndsWithinThirtyDaysShowsInHealth() {
        JsonNode ssl = operator.get("/health").json().at("/components/ssl");

        assertThat(ssl.at("/status").asString()).isEqualTo("UP");
        assertThat(ssl.at("/details/expiringChains/0/certificates/0/subject").asString())
                .isEqualTo("CN=localhost");
        assertThat(operator.get("/health/readiness").status()).isEqualTo(200);
    }

    @Test
    void whenACertificateEndsIsAMeter() {
        assertThat(operator.get("/prometheus").body().lines())
                .filteredOn(line -> line.startsWith("ssl_chain_expiry_seconds{") && line.contains("bundle=\"edge\""))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                        .isBetween(28 * 86_400.0, 30 * 86_400.0));
    }

    @Test
    void oneThatHasEndedIsOutOfServiceAndTheListenersAreReadyAllTheSame() throws Exception {
        try (RunningSluice other = start("ended")) {
            Operator its = new Operator(other, "operator:secret");

            assertThat(its.get("/health").json().at("/components/ssl/status").asString())
                    .isEqualTo("OUT_OF_SERVICE");
            assertThat(its.get("/health/readiness").status()).isEqualTo(200);
            assertThat(its.get("/health/liveness").status()).isEqualTo(200);
        }
    }

    @Test
    void oneThatLastsIsNoNews() throws Exception {
        try (RunningSluice other = start("lasting")) {
            JsonNode ssl =
                    new Operator(other, "operator:secret").get("/health").json().at("/components/ssl");

            assertThat(ssl.at("/status").asString()).isEqualTo("UP");
            assertThat(ssl.at("/details/expiringChains")).isEmpty();
        }
    }
}
