package dev.sluice.client;

import static dev.sluice.client.ClientRun.client;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sluice.TestCertificate;
import dev.sluice.TlsEnd;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TlsClientTests {

    @TempDir
    private static Path directory;

    private static SSLContext context;
    private static String ca;

    @BeforeAll
    static void makeACertificateForLocalhost() throws Exception {
        TestCertificate certificate = TestCertificate.in(directory);
        ca = certificate.certificate().toString();
        context = certificate.context();
    }

    private static TestServer server(String protocol, TestServer.Conversation conversation) throws Exception {
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        socket.setEnabledProtocols(new String[] {protocol});
        return new TestServer(socket, conversation);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void talksToAServerWhoseCertificateIsTrusted(String protocol) throws Exception {
        try (TestServer server = server(protocol, (socket, in, out) -> in.transferTo(out))) {
            ClientRun run = client("localhost", server.port(), "--tls", "--ca", ca, "--count", "2", "hello", "世界");

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo("hello\n世界\n");
            assertThat(run.code()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void readsToTheEndAfterItHasEndedItsSide(String protocol) throws Exception {
        byte[] lines = "0123456789\n".repeat(200_000).getBytes(UTF_8);
        try (TestServer server = server(protocol, (socket, in, out) -> in.transferTo(out))) {
            ClientRun run = client(lines, "localhost", server.port(), "--tls", "--ca", ca);

            assertThat(run.err()).isEmpty();
            assertThat(run.outBytes()).isEqualTo(lines);
            assertThat(run.code()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void givesUpOnAServerThatDoesNotReadThoughItCannotTellIt(String protocol) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        byte[] large = "x".repeat(32_000_000).getBytes(UTF_8);
        try (TestServer server = server(protocol, (socket, in, out) -> {
            ((SSLSocket) socket).startHandshake();
            done.await();
        })) {
            ClientRun run = assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> client(large, "localhost", server.port(), "--tls", "--ca", ca, "--timeout", "500ms"));
            done.countDown();

            assertThat(run.err()).contains("may have stopped reading").hasLineCount(1);
            assertThat(run.code()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void tellsTheServerThatItEndsThoughThatIsSilent(String protocol) throws Exception {
        BlockingQueue<String> ends = new ArrayBlockingQueue<>(1);
        try (TestServer server = new TestServer((socket, in, out) -> ends.add(TlsEnd.of(context, socket, protocol)))) {
            ClientRun run = client(
                    "localhost", server.port(), "--tls", "--ca", ca, "--timeout", "300ms", "--count", "1", "hello");

            assertThat(run.code()).isEqualTo(3);
            assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo("close_notify");
        }
    }

    @Test
    void printsTheGreetingOfATlsServer() throws Exception {
        try (TestServer server = server("TLSv1.3", (socket, in, out) -> {
            out.write(TestServer.GREETING.getBytes(UTF_8));
            in.readAllBytes();
        })) {
            assertThat(client("localhost", server.port(), "--tls", "--ca", ca, "--wait")
                            .out())
                    .isEqualTo(TestServer.GREETING + "\n");
        }
    }

    @Test
    void trustsNobodyItDoesNotKnowUnlessToldTo() throws Exception {
        try (TestServer server = server("TLSv1.3", (socket, in, out) -> in.transferTo(out))) {
            ClientRun careful = client("localhost", server.port(), "--tls", "hello");
            ClientRun careless = client("localhost", server.port(), "--tls", "--insecure", "--count", "1", "hello");

            assertThat(careful.err())
                    .startsWith("TLS: the certificate of localhost port ")
                    .contains("is not trusted", "--ca", "--insecure")
                    .hasLineCount(1);
            assertThat(careful.code()).isEqualTo(1);
            assertThat(careless.out()).isEqualTo("hello\n");
        }
    }

    @Test
    void refusesTheCertificateOfAnotherHost() throws Exception {
        try (TestServer server = server("TLSv1.3", (socket, in, out) -> in.transferTo(out))) {
            ClientRun run = client("127.0.0.1", server.port(), "--tls", "--ca", ca, "hello");

            assertThat(run.err()).contains("is for another host").hasLineCount(1);
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void saysThatAServerSpeaksPlainText() throws Exception {
        try (TestServer server = TestServer.greeting()) {
            ClientRun run = client("localhost", server.port(), "--tls", "hello");

            assertThat(run.err())
                    .contains("answers the handshake with plain text. Leave --tls out")
                    .hasLineCount(1);
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void saysThatAServerBreaksOffTheHandshake() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> in.read(new byte[65_536]))) {
            ClientRun run = client("localhost", server.port(), "--tls", "hello");

            assertThat(run.err()).contains("broke off the handshake").hasLineCount(1);
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void saysThatAServerDoesNotAnswerTheHandshake() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (TestServer server = new TestServer((socket, in, out) -> done.await())) {
            ClientRun run = client("localhost", server.port(), "--tls", "--timeout", "300ms", "hello");
            done.countDown();

            assertThat(run.err())
                    .contains("did not finish the TLS handshake within 300ms")
                    .hasLineCount(1);
            assertThat(run.code()).isEqualTo(3);
        }
    }
}
