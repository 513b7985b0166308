package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestCertificate;
import dev.sluice.TlsEnd;
import dev.sluice.listener.ListenerState;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;

/**
 * However a TLS connection is ended here, its peer is told, and so can tell the end from an attack (RFC 8446, section
 * 6.1).
 */
final class TlsEndTests {

    @TempDir
    private static Path folder;

    private static RunningSluice sluice;
    private static SSLContext trusting;

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        Thrower thrower() {
            return new Thrower();
        }
    }

    /** Takes nothing. */
    static class Thrower {

        @ServiceActivator
        byte[] reply(byte[] payload) {
            throw new IllegalStateException("refused " + payload.length);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        trusting = certificate.context();
        sluice = RunningSluice.with("""
            spring.ssl.bundle.jks.edge.keystore: { location: "file:%s", password: %s }
            spring.lifecycle.timeout-per-shutdown-phase: 3s
            sluice:
              data-directory: "%s"
              defaults: { tcp: { address: 127.0.0.1, tls.bundle: edge }, reply.type: echo }
              sinks.away.tcp: { host: 127.0.0.1, port: 1 }
              listeners:
                idle: { tcp.port: 0, timeouts.idle: 300ms }
                frame-timeout: { tcp.port: 0, timeouts.frame: 300ms }
                session: { tcp.port: 0, timeouts.session: 300ms }
                oversize: { tcp.port: 0, framing.max-size: 10B }
                malformed: { tcp.port: 0, framing.type: stx-etx }
                failed: { tcp.port: 0, reply: { type: bean, bean: thrower } }
                operator: { tcp.port: 0 }
                stopped: { tcp.port: 0 }
                held: { tcp.port: 0, sinks: [away], reply.after: delivered }
                held-stopped: { tcp.port: 0, sinks: [away], reply.after: delivered }
                unread: { tcp: { port: 0, send-buffer: 16KB }, framing.max-size: 20MB }
            """.formatted(certificate.store(), TestCertificate.PASSWORD, folder), Beans.class);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static SSLSocket connect(String listener, String protocol) throws IOException {
        return TlsEnd.connect(trusting, sluice.port(listener), protocol);
    }

    private static Collection<? extends Connection> connections(String listener) {
        return sluice.listener(listener).transport().connections();
    }

    private static void end(String listener) {
        if (listener.endsWith("stopped")) {
            Thread.ofVirtual().start(() -> sluice.listener(listener).stop());
        } else {
            connections(listener).forEach(connection -> connection.close(Reason.Closed.OPERATOR));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "idle, TLSv1.2, ''",
        "idle, TLSv1.3, ''",
        "frame-timeout, TLSv1.2, begun",
        "frame-timeout, TLSv1.3, begun",
        "session, TLSv1.2, ''",
        "session, TLSv1.3, ''",
        "oversize, TLSv1.2, much too long for that",
        "oversize, TLSv1.3, much too long for that",
        "malformed, TLSv1.2, no STX",
        "malformed, TLSv1.3, no STX",
        "failed, TLSv1.2, '1\n'",
        "failed, TLSv1.3, '1\n'",
    })
    void itsPeerIsToldIfItEndsByItself(String listener, String protocol, String sent) throws IOException {
        Reason.Closed reason = Reason.Closed.valueOf(listener.replace('-', '_').toUpperCase(Locale.ROOT));
        long before = sluice.traffic(listener).closed(reason).sum();
        try (SSLSocket socket = connect(listener, protocol)) {
            socket.getOutputStream().write(sent.getBytes(US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() ->
                assertThat(sluice.traffic(listener).closed(reason).sum()).isEqualTo(before + 1));
    }

    @ParameterizedTest
    @CsvSource({
        "operator, TLSv1.2, ''",
        "operator, TLSv1.3, ''",
        "operator, TLSv1.2, begun",
        "operator, TLSv1.3, begun",
        "stopped, TLSv1.2, ''",
        "stopped, TLSv1.3, ''",
        "stopped, TLSv1.2, begun",
        "stopped, TLSv1.3, begun",
        "held, TLSv1.2, 'held\n'",
        "held, TLSv1.3, 'held\n'",
        "held-stopped, TLSv1.2, 'held\n'",
        "held-stopped, TLSv1.3, 'held\n'",
    })
    void itsPeerIsToldIfSomebodyEndsIt(String listener, String protocol, String sent) throws IOException {
        sluice.listener(listener).start();
        try (SSLSocket socket = connect(listener, protocol)) {
            socket.getOutputStream().write(sent.getBytes(US_ASCII));
            await().until(() -> connections(listener).stream()
                    .anyMatch(connection -> connection.counts().bytesIn() == sent.length()));
            end(listener);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> connections(listener).isEmpty());
        await().until(() ->
                !listener.endsWith("stopped") || sluice.listener(listener).state() == ListenerState.STOPPED);
    }

    /** It was sending, so that bytes that nobody reads would reset the connection, and what was told would be lost. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void itsPeerIsToldThoughItGoesOnSending(String protocol) throws Exception {
        try (SSLSocket socket = connect("operator", protocol)) {
            Thread sending = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        socket.getOutputStream().write("again and again\n".getBytes(US_ASCII));
                    }
                } catch (IOException ex) {
                    // It is closed.
                }
            });
            byte[] answers = new byte[8192];
            assertThat(socket.getInputStream().read(answers)).isPositive();
            end("operator");
            while (socket.getInputStream().read(answers) >= 0) {
                // What was answered before.
            }
            socket.close();
            sending.join();
        }
        await().until(() -> connections("operator").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aPeerThatDoesNotReadHoldsNothingUp(String protocol) throws Exception {
        try (SSLSocket socket = connect("unread", protocol)) {
            Thread sending = Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(("x".repeat(16_000_000) + "\n").getBytes(US_ASCII));
                } catch (IOException ex) {
                    // It is closed.
                }
            });
            await().until(() -> sluice.traffic("unread").bytesSent.sum() > 0
                    || connections("unread").stream()
                            .anyMatch(connection -> connection.counts().bytesIn() > 16_000_000));
            end("unread");
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> connections("unread").isEmpty());
            socket.close();
            sending.join();
        }
    }
}
