package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.extension.SluiceHeaders;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.messaging.handler.annotation.Header;

/** Ports that ask their peers who they are. */
final class ClientCertificateTests {

    @TempDir
    private static Path folder;

    private static TestAuthority authority;
    private static TestAuthority stranger;
    private static RunningSluice sluice;

    @BeforeAll
    static void start() throws Exception {
        authority = TestAuthority.in(folder, "authority");
        authority.issue("server", "CN=localhost");
        authority.issue("meter", "CN=meter-7, O=\"Works, South\", C=DE");
        authority.issue("expired", "CN=meter-1", -3, 2);
        authority.issue("early", "CN=meter-9", 2, 2);
        authority.issue("mallory", "CN=mallory\\0D\\0AERROR forged\\1B[2J\\E2\\80\\A8x");
        authority.selfSigned("pinned", "CN=pinned", -1, 10);
        authority.selfSigned("pinned-expired", "CN=pinned", -3, 2);
        stranger = TestAuthority.in(folder, "stranger");
        stranger.issue("meter", "CN=meter-7, O=\"Works, South\", C=DE");
        Path trusted = authority.certificate();
        for (String pinned : new String[] {"pinned", "pinned-expired"}) {
            Files.writeString(trusted, Files.readString(authority.certificateFile(pinned)), StandardOpenOption.APPEND);
        }
        sluice = RunningSluice.with(
                """
                spring.ssl.bundle.pem.edge:
                  keystore: { certificate: "%s", private-key: "%s" }
                  truststore.certificate: "%s"
                sluice:
                  listeners:
                    needing: { tcp: { address: 127.0.0.1, port: 0, tls: { bundle: edge, client-auth: need } }, reply: { type: bean, bean: who } }
                    wanting: { tcp: { address: 127.0.0.1, port: 0, tls: { bundle: edge, client-auth: want } }, reply: { type: bean, bean: who } }
                    blind: { tcp: { address: 127.0.0.1, port: 0, tls: { bundle: edge } }, reply: { type: bean, bean: who } }
                """.formatted(authority.certificateFile("server"), authority.keyFile("server"), trusted), Beans.class);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        Who who() {
            return new Who();
        }
    }

    static class Who {

        @ServiceActivator
        public String answer(
                String message, @Header(name = SluiceHeaders.TLS_SUBJECT, required = false) @Nullable String subject) {
            return message + " from " + subject;
        }
    }

    private static SSLSocket connect(SSLContext context, String listener, String protocol) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(sluice.connect(listener), "localhost", sluice.port(listener), true);
        socket.setEnabledProtocols(new String[] {protocol});
        return socket;
    }

    /** What comes back for a line; whatever the JDK makes of a refusal, which differs, if nothing does. */
    private static String ask(SSLContext context, String listener, String protocol) throws IOException {
        try (SSLSocket socket = connect(context, listener, protocol)) {
            return ask(socket);
        }
    }

    private static String ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("hello\n".getBytes(UTF_8));
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0 && c != '\n';
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static void assertRefused(SSLContext context, String protocol) throws Exception {
        long refused = closed(Reason.Closed.CERTIFICATE);
        long received = sluice.traffic("needing").received.sum();
        String answer;
        try {
            answer = ask(context, "needing", protocol);
        } catch (IOException ex) {
            answer = "";
        }
        assertThat(answer).isEmpty();
        await().untilAsserted(
                        () -> assertThat(closed(Reason.Closed.CERTIFICATE)).isEqualTo(refused + 1));
        assertThat(sluice.traffic("needing").received.sum()).isEqualTo(received);
    }

    private static long closed(Reason.Closed reason) {
        return sluice.traffic("needing").closed(reason).sum();
    }

    @ParameterizedTest
    @CsvSource({"needing, TLSv1.3", "needing, TLSv1.2", "wanting, TLSv1.3", "wanting, TLSv1.2"})
    void theSubjectOfItsCertificateIsKnownOfAConnectionAndOfItsMessages(String listener, String protocol)
            throws Exception {
        try (SSLSocket socket = connect(authority.context("meter"), listener, protocol)) {
            assertThat(ask(socket)).isEqualTo("hello from CN=meter-7,O=Works\\, South,C=DE");
            assertThat(ask(socket)).isEqualTo("hello from CN=meter-7,O=Works\\, South,C=DE");
            assertThat(sluice.listener(listener).transport().connections())
                    .extracting(connection -> connection.tlsSubject().orElse(""))
                    .contains("CN=meter-7,O=Works\\, South,C=DE");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whoOnlyWantsOneTakesNone(String protocol) throws Exception {
        assertThat(ask(authority.context(), "wanting", protocol)).isEqualTo("hello from null");
        assertThat(ask(authority.context("meter"), "blind", protocol)).isEqualTo("hello from null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whoNeedsOneTakesNoneButThoseThatAreTrustedAndInForce(String protocol) throws Exception {
        assertRefused(authority.context(), protocol);
        assertRefused(authority.context("expired"), protocol);
        assertRefused(authority.context("early"), protocol);
        assertRefused(authority.context(stranger, "meter"), protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void oneThatIsItselfAmongThoseTrustedHasToBeInForceToo(String protocol) throws Exception {
        assertThat(ask(authority.context("pinned"), "needing", protocol)).isEqualTo("hello from CN=pinned");
        assertRefused(authority.context("pinned-expired"), protocol);
    }

    @Test
    void aSessionThatIsResumedKnowsItsSubject() throws Exception {
        SSLContext context = authority.context("meter");
        byte[] first;
        try (SSLSocket socket = connect(context, "needing", "TLSv1.2")) {
            ask(socket);
            first = socket.getSession().getId();
        }
        try (SSLSocket socket = connect(context, "needing", "TLSv1.2")) {
            assertThat(ask(socket)).isEqualTo("hello from CN=meter-7,O=Works\\, South,C=DE");
            assertThat(socket.getSession().getId()).isEqualTo(first);
        }
    }

    @Test
    void aSubjectCanForgeNoLine() throws Exception {
        assertThat(ask(authority.context("mallory"), "needing", "TLSv1.3"))
                .isEqualTo("hello from CN=mallory\\0D\\0AERROR forged\\1B[2J\\E2\\80\\A8x");
    }
}
