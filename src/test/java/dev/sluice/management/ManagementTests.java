package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ManagementTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              listeners:
                echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                counted: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                chat: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: length-prefixed, charset: UTF-16BE }
                steered: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                devices: { tcp: { connect: ["127.0.0.1:1", "127.0.0.2:1"] } }
                datagrams: { udp: { address: 127.0.0.1, port: 0 } }
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private record Answer(int status, String body) {
        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    private static Answer call(String method, String path, String body, String credentials) throws IOException {
        return call(sluice, method, path, body, credentials);
    }

    private static Answer call(RunningSluice sluice, String method, String path, String body, String credentials)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + sluice.httpPort() + "/actuator" + path))
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!credentials.isEmpty()) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static Answer get(String path) throws IOException {
        return call("GET", path, "", "operator:secret");
    }

    private static Answer post(String path, String body) throws IOException {
        return call("POST", path, body, "operator:secret");
    }

    @Test
    void showsAListenerWithItsCounters() throws IOException {
        assertThat(sluice.converse("counted", "one\ntwo\n")).isEqualTo("one\ntwo\n");
        await().untilAsserted(() -> {
            JsonNode counted = get("/listeners/counted").json();
            assertThat(counted.at("/state").asString()).isEqualTo("RUNNING");
            assertThat(counted.at("/transport").asString()).isEqualTo("tcp");
            assertThat(counted.at("/address").asString()).isEqualTo("127.0.0.1");
            assertThat(counted.at("/port").asInt()).isEqualTo(sluice.port("counted"));
            assertThat(counted.at("/connections/accepted").asInt()).isPositive();
            assertThat(counted.at("/connections/closed/peer").asInt()).isPositive();
            assertThat(counted.at("/messages/received").asInt()).isEqualTo(2);
            assertThat(counted.at("/messages/accepted").asInt()).isEqualTo(2);
            assertThat(counted.at("/messages/replied").asInt()).isEqualTo(2);
            assertThat(counted.at("/bytes/received").asInt()).isEqualTo(8);
            assertThat(counted.at("/bytes/sent").asInt()).isEqualTo(8);
            assertThat(counted.at("/failure").isNull()).isTrue();
        });
        assertThat(get("/listeners").json().propertyNames())
                .containsExactly("echo", "counted", "chat", "steered", "devices", "datagrams");
        assertThat(get("/listeners/none").status()).isEqualTo(404);
    }

    @Test
    void showsDevicesThatAreDialledAndIsReadyWithoutThem() throws IOException {
        await().untilAsserted(() -> {
            JsonNode listener = get("/listeners/devices").json();
            assertThat(listener.at("/state").asString()).isEqualTo("RUNNING");
            assertThat(listener.at("/address").isNull()).isTrue();
            assertThat(listener.at("/port").isNull()).isTrue();
            assertThat(listener.at("/devices/up").asInt()).isZero();
            assertThat(listener.at("/devices/away").asInt()).isEqualTo(2);
            assertThat(listener.at("/devices/absences/0/address").asString()).isEqualTo("127.0.0.1:1");
            assertThat(listener.at("/devices/absences/1/failure").asString()).startsWith("connection refused");
        });
        assertThat(get("/listeners/echo").json().has("devices")).isFalse();
        JsonNode health = get("/health").json().at("/components/listeners/components/devices");
        assertThat(health.at("/status").asString()).isEqualTo("UP");
        assertThat(health.at("/details/devices/away").asInt()).isEqualTo(2);
        assertThat(call("GET", "/health/readiness", "", "").status()).isEqualTo(200);
    }

    @Test
    void steersAListener() throws IOException {
        assertThat(post("/listeners/steered", "{\"action\":\"pause\"}")
                        .json()
                        .at("/state")
                        .asString())
                .isEqualTo("PAUSED");
        Answer refused = post("/listeners/steered", "{\"action\":\"start\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().at("/reason").asString()).isEqualTo("cannot start while PAUSED");
        assertThat(post("/listeners/steered", "{\"action\":\"resume\"}")
                        .json()
                        .at("/state")
                        .asString())
                .isEqualTo("RUNNING");
        assertThat(post("/listeners/steered", "{\"action\":\"stop\"}").json().has("note"))
                .isFalse();
        Answer started = post("/listeners/steered", "{\"action\":\"start\"}");
        assertThat(started.json().at("/state").asString()).isEqualTo("RUNNING");
        assertThat(started.json().at("/note").asString())
                .isEqualTo("started as configured at the last start or reload; /actuator/reload applies what was edited"
                        + " since");

        Answer unknown = post("/listeners/steered", "{\"action\":\"jump\"}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.body()).contains("start, stop, pause or resume");
        assertThat(post("/listeners/none", "{\"action\":\"stop\"}").status()).isEqualTo(404);
    }

    @Test
    void aFailedListenerMakesReadinessDownAndLeavesLivenessUp() throws IOException {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningSluice other = RunningSluice.withManagement("""
                    spring.security.user.password: secret
                    sluice.listeners.wants: { enabled: false, tcp: { address: 127.0.0.1, port: %d } }
                    """.formatted(holder.getLocalPort()))) {
            assertThat(call(other, "GET", "/health/readiness", "", "").status()).isEqualTo(200);
            assertThat(call(other, "POST", "/listeners/wants", "{\"action\":\"start\"}", "operator:secret")
                            .status())
                    .isEqualTo(409);
            assertThat(call(other, "GET", "/health/readiness", "", "").status()).isEqualTo(503);
            assertThat(call(other, "GET", "/health/liveness", "", "").status()).isEqualTo(200);
            assertThat(call(other, "GET", "/health", "", "operator:secret")
                            .json()
                            .at("/components/listeners/components/wants/details/failure")
                            .asString())
                    .contains("is in use");
            assertThat(call(other, "POST", "/listeners/wants", "{\"action\":\"stop\"}", "operator:secret")
                            .status())
                    .isEqualTo(200);
            assertThat(call(other, "GET", "/health/readiness", "", "").status()).isEqualTo(200);
        }
    }

    @Test
    void showsConnectionsSendsToThemAndClosesThem() throws IOException {
        try (Socket one = sluice.connect("chat");
                Socket two = sluice.connect("chat")) {
            await().untilAsserted(() -> assertThat(
                            get("/connections?listener=chat").json().at("/connections"))
                    .hasSize(2));
            JsonNode first = null;
            for (JsonNode candidate : get("/connections?listener=chat").json().at("/connections")) {
                if (candidate.at("/remotePort").asInt() == one.getLocalPort()) {
                    first = candidate;
                }
            }
            assertThat(first).isNotNull();
            String id = first.at("/id").asString();
            assertThat(post("/connections/" + id, "{\"text\":\"你\"}")
                            .json()
                            .at("/sent")
                            .asInt())
                    .isEqualTo(1);
            assertThat(one.getInputStream().readNBytes(6)).containsExactly(0, 0, 0, 2, 0x4F, 0x60);
            assertThat(post("/connections", "{\"listener\":\"chat\",\"base64\":\"AP8=\"}")
                            .json()
                            .at("/sent")
                            .asInt())
                    .isEqualTo(2);
            assertThat(one.getInputStream().readNBytes(6)).containsExactly(0, 0, 0, 2, 0, 0xFF);
            assertThat(two.getInputStream().readNBytes(6)).containsExactly(0, 0, 0, 2, 0, 0xFF);
            assertThat(get("/connections/" + id).json().at("/messages/out").asInt())
                    .isEqualTo(2);
            assertThat(get("/connections/" + id).json().at("/bytes/out").asInt())
                    .isEqualTo(12);
            assertThat(call("DELETE", "/connections/" + id, "", "operator:secret")
                            .status())
                    .isEqualTo(204);
            assertThat(one.getInputStream().read()).isEqualTo(-1);
            await().untilAsserted(
                            () -> assertThat(get("/connections/" + id).status()).isEqualTo(404));
        }
    }

    @Test
    void refusesToSendWhatIsNeitherTextNorBase64() throws IOException {
        assertThat(post("/connections", "{\"listener\":\"chat\"}").status()).isEqualTo(400);
        assertThat(post("/connections", "{\"listener\":\"chat\",\"base64\":\"!\"}")
                        .body())
                .contains("'base64' is not valid");
        assertThat(post("/connections", "{\"listener\":\"none\",\"text\":\"x\"}")
                        .status())
                .isEqualTo(404);
        assertThat(post("/connections/none", "{\"text\":\"x\"}").status()).isEqualTo(404);
        assertThat(get("/connections?listener=none").status()).isEqualTo(404);
    }

    @Test
    void showsTheMeters() throws IOException {
        sluice.converse("echo", "one\n");
        String scrape = get("/prometheus").body();
        for (String meter : new String[] {
            "sluice_connections{listener=\"echo\"}",
            "sluice_connections_accepted_total{listener=\"echo\"}",
            "sluice_connections_rejected_total{listener=\"echo\",reason=\"max-connections\"}",
            "sluice_connections_closed_total{listener=\"echo\",reason=\"frame-timeout\"}",
            "sluice_messages_received_total{listener=\"echo\"}",
            "sluice_messages_accepted_total{listener=\"echo\"}",
            "sluice_messages_failed_total{listener=\"echo\"}",
            "sluice_messages_replied_total{listener=\"echo\"}",
            "sluice_messages_dropped_total{listener=\"echo\",reason=\"oversize\"}",
            "sluice_replies_withheld_total{listener=\"datagrams\",reason=\"too-long\"}",
            "sluice_bytes_received_total{listener=\"echo\"}",
            "sluice_bytes_sent_total{listener=\"echo\"}",
            "sluice_replies_seconds_count{listener=\"echo\"}",
            "sluice_datagrams_dropped_kernel_total{listener=\"datagrams\"}",
            "sluice_devices{listener=\"devices\",state=\"up\"}",
            "sluice_devices{listener=\"devices\",state=\"away\"}",
            "sluice_accept_errors_total{listener=\"echo\"}",
        }) {
            assertThat(scrape).contains(meter);
        }
        assertThat(get("/metrics/sluice.messages.received?tag=listener:echo").status())
                .isEqualTo(200);
        assertThat(scrape).doesNotContain("spring_integration");
    }

    @Test
    void tellsWhatWasBuilt() throws IOException {
        JsonNode info = get("/info").json();
        assertThat(info.at("/build/name").asString()).isNotEmpty();
    }

    @Test
    void wantsAUserForEverythingButLivenessAndReadiness() throws IOException {
        for (String path : new String[] {
            "", "/listeners", "/listeners/echo", "/connections", "/health", "/info", "/metrics", "/prometheus"
        }) {
            assertThat(call("GET", path, "", "").status()).as(path).isEqualTo(401);
            assertThat(call("GET", path, "", "operator:wrong").status())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(call("POST", "/listeners/echo", "{\"action\":\"stop\"}", "").status())
                .isEqualTo(401);
        assertThat(call("GET", "/health/liveness", "", "").status()).isEqualTo(200);
        assertThat(call("GET", "/health/readiness", "", "").body()).isEqualTo("{\"status\":\"UP\"}");
    }

    @Test
    void aViewerReadsAndDoesNotWrite() throws IOException {
        try (RunningSluice other = RunningSluice.withManagement("""
            spring.security.user: { name: guest, password: look, roles: viewer }
            sluice.listeners.echo: { tcp: { address: 127.0.0.1, port: 0 } }
            """)) {
            assertThat(call(other, "GET", "/listeners", "", "guest:look").status())
                    .isEqualTo(200);
            assertThat(call(other, "POST", "/listeners/echo", "{\"action\":\"stop\"}", "guest:look")
                            .status())
                    .isEqualTo(403);
            assertThat(call(other, "POST", "/connections", "{\"listener\":\"echo\",\"text\":\"x\"}", "guest:look")
                            .status())
                    .isEqualTo(403);
            assertThat(call(other, "DELETE", "/connections/x", "", "guest:look").status())
                    .isEqualTo(403);
        }
    }
}
