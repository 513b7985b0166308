package dev.sluice.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Spools and sinks as an operator sees and steers them, with a file sink and a TCP sink whose server comes and goes.
 */
class DeliveryManagementTests {

    /** Of a server that comes late. */
    private static final int LATE = Ports.free();

    private static RunningSluice shared;

    @TempDir
    private Path directory;

    /** A server on a port that refuses connections until it is opened. */
    private static final class Upstream implements AutoCloseable {

        private final ServerSocket server = new ServerSocket();
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Upstream(int port) throws IOException {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket peer = server.accept();
                        Thread.ofVirtual().start(() -> read(peer));
                    } catch (SocketException ex) {
                        return; // closed
                    } catch (IOException ex) {
                        throw new IllegalStateException(ex);
                    }
                }
            });
        }

        private void read(Socket peer) {
            try (peer) {
                peer.getInputStream().transferTo(new OutputStream() {
                    private final StringBuilder line = new StringBuilder();

                    @Override
                    public void write(int b) {
                        if (b == '\n') {
                            lines.add(line.toString());
                            line.setLength(0);
                        } else {
                            line.append((char) b);
                        }
                    }
                });
            } catch (IOException ex) {
                // The test is over.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private RunningSluice start(int upstream, String sinks, int attempts) {
        return RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              data-directory: %1$s
              listeners:
                orders:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply.type: echo
                  sinks: %2$s
                  delivery: { attempts: %3$d, backoff: 20ms, max-backoff: 100ms }
                direct:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply.type: echo
                  sinks: [archive]
                  delivery.mode: direct
                plain: { tcp: { address: 127.0.0.1, port: 0 } }
              sinks:
                archive.file: { path: "%1$s/archive/{listener}.log" }
                upstream.tcp: { host: 127.0.0.1, port: %4$d }
            """.formatted(directory, sinks, attempts, upstream));
    }

    /** For the tests that neither start it again nor look at all of it: each has a listener of its own. */
    @BeforeAll
    static void startShared(@TempDir Path folder) {
        shared = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              users.guest: { password: look }
              data-directory: %1$s
              listeners:
                replayed:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply.type: echo
                  sinks: [archive, late]
                  delivery: { attempts: 2, backoff: 20ms, max-backoff: 100ms }
                dropped:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply.type: echo
                  sinks: [away]
                  delivery: { attempts: 1, backoff: 20ms, max-backoff: 100ms }
                measured:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply.type: echo
                  sinks: [archive, away]
                  delivery: { attempts: 0, backoff: 20ms, max-backoff: 100ms }
                orders: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [archive] }
                direct:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply.type: echo
                  sinks: [archive]
                  delivery.mode: direct
                plain: { tcp: { address: 127.0.0.1, port: 0 } }
              sinks:
                archive.file: { path: "%1$s/archive/{listener}.log" }
                late.tcp: { host: 127.0.0.1, port: %2$d }
                away.tcp: { host: 127.0.0.1, port: %3$d }
            """.formatted(folder, LATE, Ports.free()));
    }

    @AfterAll
    static void stopShared() {
        shared.close();
    }

    private static Operator operator(RunningSluice sluice) {
        return new Operator(sluice, "operator:secret");
    }

    private static void assertMessages(Operator operator, String listener, long accepted, long... sums) {
        JsonNode messages = operator.get("/listeners/" + listener).json().at("/messages");
        assertThat(List.of(
                        messages.at("/accepted").asLong(),
                        messages.at("/delivered").asLong(),
                        messages.at("/spooled").asLong(),
                        messages.at("/deadLettered").asLong()))
                .as("accepted, delivered, spooled, dead letters")
                .containsExactly(accepted, sums[0], sums[1], sums[2]);
    }

    @Test
    void showsWhatWaitsForASinkThatIsAwayAlsoAfterARestartUntilItIsBack() throws IOException {
        int port = Ports.free();
        try (RunningSluice sluice = start(port, "[archive, upstream]", 0)) {
            Operator operator = operator(sluice);
            assertThat(sluice.converse("orders", "one\ntwo\n")).isEqualTo("one\ntwo\n");
            await().untilAsserted(() -> {
                assertMessages(operator, "orders", 2, 2, 2, 0);
                JsonNode upstream = operator.get("/spools/orders").json().at("/sinks/upstream");
                assertThat(upstream.at("/messages").asInt()).isEqualTo(2);
                assertThat(upstream.at("/bytes").asInt()).isPositive();
                assertThat(upstream.at("/age").asDouble()).isPositive();
                assertThat(upstream.at("/oldestAt").asString()).contains("T");
                assertThat(upstream.at("/attempts").asInt()).isPositive();
                assertThat(upstream.at("/lastError").asString()).contains(String.valueOf(port));
                assertThat(upstream.at("/lastErrorAt").asString()).contains("T");
                assertThat(upstream.at("/orphaned").asBoolean()).isFalse();
            });
            JsonNode all = operator.get("/spools").json();
            assertThat(all.propertyNames()).containsExactly("orders");
            assertThat(all.at("/orders/capacity").asLong()).isEqualTo(1L << 30);
            assertThat(all.at("/orders/sinks/archive/delivered").asInt()).isEqualTo(2);
        }
        try (RunningSluice sluice = start(port, "[archive, upstream]", 0)) {
            Operator operator = operator(sluice);
            assertMessages(operator, "orders", 2, 2, 2, 0);
            try (Upstream upstream = new Upstream(port)) {
                await().untilAsserted(() -> assertMessages(operator, "orders", 2, 4, 0, 0));
                await().untilAsserted(() -> assertThat(upstream.lines).containsExactly("one", "two"));
            }
            assertThat(Files.readString(directory.resolve("archive/orders.log")))
                    .isEqualTo("one\ntwo\n");
        }
    }

    @Test
    void showsDeadLettersSendsThemOnceMoreAndDropsThem() throws IOException {
        Operator operator = operator(shared);
        byte[] sent = ("one\n" + "é".repeat(1000) + "\n\u00ff\n").getBytes(UTF_8);
        sent[sent.length - 3] = (byte) 0xFE;
        shared.converse("replayed", sent);
        await().untilAsserted(() -> assertMessages(operator, "replayed", 3, 3, 0, 3));
        await().untilAsserted(
                        () -> assertThat(operator.get("/spools/replayed").json().at("/deadLetters"))
                                .hasSize(3));
        JsonNode spool = operator.get("/spools/replayed").json();
        assertThat(spool.at("/sinks/late/deadLetters").asInt()).isEqualTo(3);
        JsonNode letter = spool.at("/deadLetters/0");
        assertThat(letter.at("/id").asString()).isNotEmpty();
        assertThat(letter.at("/sink").asString()).isEqualTo("late");
        assertThat(letter.at("/remoteAddress").asString()).isEqualTo("127.0.0.1");
        assertThat(letter.at("/receivedAt").asString()).contains("T");
        assertThat(letter.at("/attempts").asInt()).isEqualTo(2);
        assertThat(letter.at("/reason").asString()).isNotEmpty();
        assertThat(letter.at("/text").asString()).isEqualTo("one");
        assertThat(letter.at("/base64").asString()).isEqualTo("b25l");
        assertThat(spool.at("/deadLetters/1/bytes").asInt()).isEqualTo(2000);
        assertThat(spool.at("/deadLetters/1/text").asString()).isEqualTo("é".repeat(512));
        assertThat(spool.at("/deadLetters/2/text").isNull()).isTrue();
        assertThat(operator.get("/spools").body()).doesNotContain("base64");

        assertThat(operator.post("/spools/replayed", "{\"action\":\"purge\"}").status())
                .isEqualTo(400);
        assertThat(operator.post("/spools/replayed", "{\"action\":\"purge\",\"dead-letters\":false}")
                        .status())
                .isEqualTo(400);
        try (Upstream upstream = new Upstream(LATE)) {
            assertThat(operator.post("/spools/replayed", "{\"action\":\"replay\"}")
                            .body())
                    .isEqualTo("{\"replaying\":3}");
            await().untilAsserted(() -> assertMessages(operator, "replayed", 3, 6, 0, 0));
            await().untilAsserted(() -> assertThat(upstream.lines).hasSize(3).startsWith("one"));
        }
    }

    @Test
    void dropsDeadLettersWhenToldTo() throws IOException {
        Operator operator = operator(shared);
        shared.converse("dropped", "one\ntwo\n");
        await().untilAsserted(() -> assertThat(operator.get("/spools/dropped")
                        .json()
                        .at("/sinks/away/deadLetters")
                        .asInt())
                .isEqualTo(2));
        assertThat(operator.post("/spools/dropped", "{\"action\":\"purge\",\"dead-letters\":true}")
                        .body())
                .isEqualTo("{\"purged\":2}");
        assertThat(operator.get("/spools/dropped").json().at("/deadLetters")).isEmpty();
        assertThat(operator.get("/spools/dropped").json().at("/bytes").asInt()).isZero();
        assertMessages(operator, "dropped", 2, 0, 0, 0);
        assertThat(operator.get("/listeners/dropped")
                        .json()
                        .at("/messages/purged")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void letsGoOfWhatWaitsForASinkThatIsNamedNoMore() throws IOException {
        int port = Ports.free();
        try (RunningSluice sluice = start(port, "[archive, upstream]", 0)) {
            sluice.converse("orders", "one\ntwo\n");
            assertThat(operator(sluice).post("/spools/orders", "{\"action\":\"purge\",\"sink\":\"upstream\"}"))
                    .satisfies(answer -> assertThat(answer.status()).isEqualTo(409))
                    .satisfies(answer -> assertThat(answer.body()).contains("names sink 'upstream'"));
        }
        try (RunningSluice sluice = start(port, "[archive]", 0)) {
            Operator operator = operator(sluice);
            JsonNode orphan = operator.get("/spools/orders").json().at("/sinks/upstream");
            assertThat(orphan.at("/orphaned").asBoolean()).isTrue();
            assertThat(orphan.at("/messages").asInt()).isEqualTo(2);
            assertMessages(operator, "orders", 2, 2, 0, 0);
            assertThat(operator.post("/spools/orders", "{\"action\":\"purge\",\"sink\":\"other\"}")
                            .status())
                    .isEqualTo(404);
            assertThat(operator.post("/spools/orders", "{\"action\":\"purge\",\"sink\":\"upstream\"}")
                            .body())
                    .isEqualTo("{\"purged\":2}");
            assertThat(operator.get("/spools/orders").json().at("/sinks").propertyNames())
                    .containsExactly("archive");
        }
    }

    @Test
    void showsWhatASpoolWithoutAListenerHasHandsItOutAndHasItDelivered() throws IOException {
        int port = Ports.free();
        try (RunningSluice sluice = start(port, "[upstream]", 0)) {
            sluice.converse("orders", "one\ntwo\n");
        }
        try (RunningSluice sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              data-directory: %1$s
              listeners.renamed: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [archive] }
              sinks.archive.file.path: "%1$s/archive/{listener}.log"
            """.formatted(directory))) {
            Operator operator = operator(sluice);
            JsonNode spool = operator.get("/spools/orders").json();
            assertThat(spool.at("/abandoned").asBoolean()).isTrue();
            assertThat(spool.at("/sinks/upstream/orphaned").asBoolean()).isTrue();
            assertThat(spool.at("/sinks/upstream/delivering").asBoolean()).isFalse();
            assertThat(spool.at("/sinks/upstream/messages").asInt()).isEqualTo(2);
            assertThat(operator.get("/spools").json().propertyNames()).containsExactly("renamed", "orders");
            assertThat(operator.get("/health")
                            .json()
                            .at("/components/spools/components/orders/details/leftOver/upstream/messages")
                            .asInt())
                    .isEqualTo(2);
            assertThat(operator.get("/prometheus").body())
                    .contains("sluice_spool_left_over{listener=\"orders\",sink=\"upstream\"} 2.0");
            assertThat(operator.get("/spools/orders/upstream").body().lines())
                    .hasSize(2)
                    .first()
                    .asString()
                    .contains("\"kind\":\"waiting\"", "\"base64\":\"b25l\"");
            assertThat(operator.get("/spools/orders/none").status()).isEqualTo(404);
            assertThat(operator.post("/spools/orders", "{\"action\":\"deliver\",\"sink\":\"upstream\"}")
                            .status())
                    .isEqualTo(404);
            assertThat(operator.post(
                                    "/spools/orders",
                                    "{\"action\":\"deliver\",\"sink\":\"upstream\",\"to\":\"archive\"}")
                            .body())
                    .isEqualTo("{\"delivering\":2}");
            await().untilAsserted(() ->
                    assertThat(directory.resolve("archive/orders.log")).hasContent("one\ntwo\n"));
            await().untilAsserted(() -> assertThat(operator.get("/spools/orders")
                            .json()
                            .at("/sinks/upstream/messages")
                            .asInt())
                    .isZero());
        }
    }

    @Test
    void aDirectListenerDeliversWithoutASpool() throws IOException {
        Operator operator = operator(shared);
        shared.converse("direct", "one\n");
        await().untilAsserted(() -> assertMessages(operator, "direct", 1, 1, 0, 0));
        assertThat(operator.get("/spools/direct").status()).isEqualTo(404);
        assertThat(operator.get("/spools/direct").body()).contains("has no spool");
        assertThat(operator.get("/spools/plain").body()).contains("has no spool");
        assertThat(operator.get("/spools/none").body()).contains("there is no listener 'none'");
        assertThat(operator.post("/spools/none", "{\"action\":\"replay\"}").status())
                .isEqualTo(404);
        assertThat(operator.post("/spools/orders", "{\"action\":\"jump\"}").status())
                .isEqualTo(400);
        assertThat(operator.post("/spools/orders", "{}").status()).isEqualTo(400);
    }

    @Test
    void aSinkThatIsAwayIsDownAndLeavesTheServiceReady() throws IOException {
        int port = Ports.free();
        try (RunningSluice sluice = start(port, "[archive, upstream]", 0)) {
            Operator operator = operator(sluice);
            Operator anybody = new Operator(sluice, "");
            JsonNode health = operator.get("/health").json().at("/components");
            assertThat(health.at("/spools/components/orders/status").asString()).isEqualTo("UP");
            assertThat(health.at("/sinks/components").propertyNames()).containsExactly("archive", "upstream");
            assertThat(health.at("/sinks/status").asString()).isEqualTo("UP");
            sluice.converse("orders", "one\n");
            await().untilAsserted(() -> {
                JsonNode sinks = operator.get("/health").json().at("/components/sinks");
                assertThat(sinks.at("/status").asString()).isEqualTo("DOWN");
                assertThat(sinks.at("/components/archive/status").asString()).isEqualTo("UP");
                JsonNode failure = sinks.at("/components/upstream/details/failures/0");
                assertThat(failure.at("/listener").asString()).isEqualTo("orders");
                assertThat(failure.at("/reason").asString()).contains(String.valueOf(port));
            });
            assertThat(operator.get("/health").status()).isEqualTo(503);
            assertThat(anybody.get("/health/readiness").status()).isEqualTo(200);
            assertThat(anybody.get("/health/liveness").status()).isEqualTo(200);
            assertThat(operator.get("/health/readiness")
                            .json()
                            .at("/components")
                            .propertyNames())
                    .containsExactlyInAnyOrder("readinessState", "listeners", "spools", "commands");
            try (Upstream upstream = new Upstream(port)) {
                await().untilAsserted(() ->
                        assertThat(operator.get("/health").status()).isEqualTo(200));
                assertThat(upstream.lines).isNotNull();
            }
        }
    }

    @Test
    void showsTheMeters() throws IOException {
        Operator operator = operator(shared);
        shared.converse("measured", "one\n");
        await().untilAsserted(() -> assertThat(
                        operator.get("/prometheus").body().lines())
                .contains("sluice_spool_messages{listener=\"measured\",sink=\"archive\"} 0.0")
                .contains("sluice_spool_messages{listener=\"measured\",sink=\"away\"} 1.0")
                .contains(
                        "sluice_deliveries_seconds_count{listener=\"measured\",outcome=\"confirmed\",sink=\"archive\"}"
                                + " 1")
                .anyMatch(line -> line.startsWith(
                        "sluice_deliveries_seconds_count{listener=\"measured\",outcome=\"failed\",sink=\"away\"}"))
                .anyMatch(line -> line.matches("sluice_spool_age_seconds\\{listener=\"measured\",sink=\"away\"}"
                        + " 0\\.\\d*[1-9]\\d*|sluice_spool_age_seconds\\{listener=\"measured\",sink=\"away\"}"
                        + " [1-9].*"))
                .anyMatch(line -> line.matches("sluice_spool_bytes\\{listener=\"measured\"} [1-9].*"))
                .contains("sluice_messages_dropped_total{listener=\"measured\",reason=\"spool-full\"} 0.0"));
    }

    @Test
    void aViewerLooksAndDoesNotSteer() {
        Operator viewer = new Operator(shared, "guest:look");
        assertThat(viewer.get("/spools").status()).isEqualTo(200);
        assertThat(viewer.get("/spools/orders").status()).isEqualTo(200);
        assertThat(viewer.post("/spools/orders", "{\"action\":\"replay\"}").status())
                .isEqualTo(403);
        assertThat(new Operator(shared, "").get("/spools").status()).isEqualTo(401);
    }
}
