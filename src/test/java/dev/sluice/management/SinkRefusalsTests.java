package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.sink.FrameServer;
import dev.sluice.sink.http.WebServer;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a refusal of a sink means to the other messages, to peers and to an operator. */
final class SinkRefusalsTests {

    @TempDir
    private Path directory;

    private RunningSluice start(String mode, String sink) {
        return RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              data-directory: %s
              listeners:
                orders:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: text, text: "OK {sequence}", after: %s, on-failure: "ERR {reason}" }
                  sinks: [upstream]
                  delivery: %s
              sinks:
                upstream: %s
            """.formatted(
                directory,
                mode.equals("direct") ? "accepted" : "delivered",
                mode.equals("direct") ? "{ mode: direct }" : "{ attempts: 3, backoff: 20ms, max-backoff: 100ms }",
                sink));
    }

    private static String tcp(int port) {
        return "{ tcp: { host: 127.0.0.1, port: %d, expect: OK } }".formatted(port);
    }

    private static String http(WebServer server) {
        return "{ http: { url: \"%s\" } }".formatted(server.url());
    }

    private static JsonNode spool(RunningSluice sluice) {
        return new Operator(sluice, "operator:secret").get("/spools/orders").json();
    }

    @Test
    void oneRefusalOfATcpServerSparesAllBehindIt() throws IOException {
        try (FrameServer server = new FrameServer(
                        0, new Framing.Line(), text -> Optional.of(text.equals("no") ? "ERR bad" : "OK"));
                RunningSluice sluice = start("durable", tcp(server.port()))) {
            assertThat(sluice.converse("orders", "y\nno\nf1\nf2\n")).isEqualTo("OK 1\nERR not delivered\nOK 3\nOK 4\n");

            // The peer is answered while that is on its way to the disk.
            await().untilAsserted(
                            () -> assertThat(spool(sluice).at("/deadLetters")).hasSize(1));
            JsonNode spool = spool(sluice);
            assertThat(spool.at("/sinks/upstream/delivered").asInt()).isEqualTo(3);
            assertThat(spool.at("/deadLetters/0/text").asString()).isEqualTo("no");
            assertThat(spool.at("/deadLetters/0/attempts").asInt()).isEqualTo(3);
            assertThat(spool.at("/deadLetters/0/reason").asString())
                    .isEqualTo("127.0.0.1:" + server.port() + ": answered 'ERR bad' instead of 'OK'");
        }
    }

    @Test
    void aPeerIsToldNeitherSinksNorHosts() throws IOException {
        try (RunningSluice sluice = start("direct", tcp(Ports.free()))) {
            assertThat(sluice.converse("orders", "a\n")).isEqualTo("ERR not available\n");
        }
        try (WebServer server = WebServer.answering(422);
                RunningSluice sluice = start("direct", http(server))) {
            assertThat(sluice.converse("orders", "a\n")).isEqualTo("ERR refused\n");
        }
        try (WebServer server = WebServer.answering(422);
                RunningSluice sluice = start("durable", http(server))) {
            assertThat(sluice.converse("orders", "a\n")).isEqualTo("ERR not delivered\n");
            await().untilAsserted(() -> assertThat(
                            spool(sluice).at("/deadLetters/0/reason").asString())
                    .isEqualTo("HTTP 422"));
        }
    }

    @Test
    void refusedCredentialsStandInHealthAndMeters() throws IOException {
        try (WebServer server = WebServer.answering(401);
                RunningSluice sluice = start("direct", http(server))) {
            Operator operator = new Operator(sluice, "operator:secret");
            assertThat(sluice.converse("orders", "a\n")).isEqualTo("ERR not available\n");

            await().untilAsserted(() -> {
                JsonNode failure = operator.get("/health").json().at("/components/sinks/components/upstream");
                assertThat(failure.at("/status").asString()).isEqualTo("DOWN");
                assertThat(failure.at("/details/failures/0/unauthorized").asBoolean())
                        .isTrue();
            });
            assertThat(operator.get("/metrics/sluice.deliveries.unauthorized?tag=sink:upstream")
                            .json()
                            .at("/measurements/0/value")
                            .asInt())
                    .isEqualTo(1);
        }
    }
}
