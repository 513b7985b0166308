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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a refusal of a sink means to the other messages, to peers and to an operator. */
final class SinkRefusalsTests {

    @TempDir
    private static Path directory;

    private static FrameServer choosy;
    private static WebServer refusing;
    private static WebServer locked;
    private static RunningSluice sluice;

    /** One for all tests, each of which has listeners of its own. */
    @BeforeAll
    static void start() throws IOException {
        choosy = new FrameServer(0, new Framing.Line(), text -> Optional.of(text.equals("no") ? "ERR bad" : "OK"));
        refusing = WebServer.answering(422);
        locked = WebServer.answering(401);
        sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              data-directory: %s
              listeners:
            %s  sinks:
                choosy: { tcp: { host: 127.0.0.1, port: %d, expect: OK } }
                away: { tcp: { host: 127.0.0.1, port: %d, expect: OK } }
                refusing: { http: { url: "%s" } }
                locked: { http: { url: "%s" } }
            """.formatted(
                        directory,
                        durable("orders", "choosy")
                                + direct("to-nobody", "away")
                                + direct("refused", "refusing")
                                + durable("refused-later", "refusing")
                                + direct("locked-out", "locked"),
                        choosy.port(),
                        Ports.free(),
                        refusing.url(),
                        locked.url()));
    }

    @AfterAll
    static void stop() throws IOException {
        sluice.close();
        choosy.close();
        refusing.close();
        locked.close();
    }

    private static String durable(String listener, String sink) {
        return listener(listener, sink, "delivered", "{ attempts: 3, backoff: 20ms, max-backoff: 100ms }");
    }

    private static String direct(String listener, String sink) {
        return listener(listener, sink, "accepted", "{ mode: direct }");
    }

    private static String listener(String name, String sink, String after, String delivery) {
        return """
                %s:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: text, text: "OK {sequence}", after: %s, on-failure: "ERR {reason}" }
                  sinks: [%s]
                  delivery: %s
            """.formatted(name, after, sink, delivery);
    }

    private static JsonNode spool(String listener) {
        return new Operator(sluice, "operator:secret")
                .get("/spools/" + listener)
                .json();
    }

    @Test
    void oneRefusalOfATcpServerSparesAllBehindIt() throws IOException {
        assertThat(sluice.converse("orders", "y\nno\nf1\nf2\n")).isEqualTo("OK 1\nERR not delivered\nOK 3\nOK 4\n");

        // The peer is answered while that is on its way to the disk.
        await().untilAsserted(
                        () -> assertThat(spool("orders").at("/deadLetters")).hasSize(1));
        JsonNode spool = spool("orders");
        assertThat(spool.at("/sinks/choosy/delivered").asInt()).isEqualTo(3);
        assertThat(spool.at("/deadLetters/0/text").asString()).isEqualTo("no");
        assertThat(spool.at("/deadLetters/0/attempts").asInt()).isEqualTo(3);
        assertThat(spool.at("/deadLetters/0/reason").asString())
                .isEqualTo("127.0.0.1:" + choosy.port() + ": answered 'ERR bad' instead of 'OK'");
    }

    @Test
    void aPeerIsToldNeitherSinksNorHosts() throws IOException {
        assertThat(sluice.converse("to-nobody", "a\n")).isEqualTo("ERR not available\n");
        assertThat(sluice.converse("refused", "a\n")).isEqualTo("ERR refused\n");
        assertThat(sluice.converse("refused-later", "a\n")).isEqualTo("ERR not delivered\n");
        await().untilAsserted(() -> assertThat(
                        spool("refused-later").at("/deadLetters/0/reason").asString())
                .isEqualTo("HTTP 422"));
    }

    @Test
    void refusedCredentialsStandInHealthAndMeters() throws IOException {
        Operator operator = new Operator(sluice, "operator:secret");
        assertThat(sluice.converse("locked-out", "a\n")).isEqualTo("ERR not available\n");

        await().untilAsserted(() -> {
            JsonNode failure = operator.get("/health").json().at("/components/sinks/components/locked");
            assertThat(failure.at("/status").asString()).isEqualTo("DOWN");
            assertThat(failure.at("/details/failures/0/unauthorized").asBoolean())
                    .isTrue();
        });
        assertThat(operator.get("/metrics/sluice.deliveries.unauthorized?tag=sink:locked")
                        .json()
                        .at("/measurements/0/value")
                        .asInt())
                .isEqualTo(1);
    }
}
