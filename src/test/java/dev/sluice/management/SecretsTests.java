package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Secrets of every kind, in a service whose every sink fails: they are in nothing that it says. */
@Isolated("what is logged is captured")
@ExtendWith(OutputCaptureExtension.class)
final class SecretsTests {

    /** What all that is secret here has in its value. */
    private static final String SEED = "s33d";

    private static final List<String> SINKS = List.of("hook", "iot", "queue", "events", "table");
    private static final Pattern PATH = Pattern.compile("http://localhost:\\d+/actuator(/[^\"{]*)\"");

    @Test
    void areNowhere(@TempDir Path folder, CapturedOutput output) throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        try (RunningSluice sluice = RunningSluice.withManagement(
                """
                management.endpoints.web.exposure.include: "*"
                spring:
                  security.user.password: s33d-operator
                  rabbitmq: { addresses: "amqp://user:s33d-amqp@127.0.0.1:1", password: s33d-amqp-2 }
                  kafka:
                    bootstrap-servers: 127.0.0.1:1
                    properties:
                      security.protocol: SASL_PLAINTEXT
                      sasl.mechanism: PLAIN
                      sasl.jaas.config: >-
                        org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="s33d-kafka";
                  datasource:
                    url: "jdbc:postgresql://127.0.0.1:1/db?password=s33d-url&ApplicationName=x"
                    username: u
                    password: s33d-jdbc
                  ssl.bundle.jks.edge.keystore: { location: "file:%s", password: %s }
                sluice:
                  data-directory: %s
                  users.bob: { password: s33d-bob }
                  listeners:
                    all:
                      tcp: { address: 127.0.0.1, port: 0, tls: { bundle: edge } }
                    in:
                      tcp: { address: 127.0.0.1, port: 0 }
                      sinks: [hook, iot, queue, events, table]
                      reply: { type: echo, on-failure: "ERR {reason}" }
                  sinks:
                    hook:
                      http:
                        url: "http://127.0.0.1:1/in?token=s33d-query"
                        headers: { Authorization: "Bearer s33d-header" }
                    iot.mqtt: { url: "tcp://127.0.0.1:1", topic: t, username: u, password: s33d-mqtt }
                    queue.amqp.routing-key: q
                    events.kafka: { topic: t, timeout: 6s }
                    table.jdbc: { sql: "insert into t values (:id)", timeout: 2s }
                """.formatted(certificate.store(), TestCertificate.PASSWORD, folder.resolve("data")))) {
            Operator operator = new Operator(sluice, "operator:s33d-operator");
            String answered = sluice.converse("in", "hello\n");
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                JsonNode sinks = operator.get("/spools/in").json().at("/sinks");
                for (String sink : SINKS) {
                    assertThat(sinks.at("/" + sink + "/lastError").asString())
                            .as(sink)
                            .isNotEmpty();
                }
            });

            List<String> said = new ArrayList<>(List.of(answered));
            for (String path : paths(operator)) {
                said.add(path + ": " + operator.get(path).body());
            }
            said.add(operator.get("/spools/in").body());
            said.add(operator.get("/none").body());
            said.add(operator.post("/listeners/in", "{\"action\":").body());
            said.add(new Operator(sluice, "operator:s33d-wrong")
                    .get("/listeners")
                    .body());
            said.add(output.getAll());

            assertThat(said).hasSizeGreaterThan(20).noneMatch(text -> text.contains(SEED));
            assertThat(said).noneMatch(text -> text.contains(TestCertificate.PASSWORD));
        }
        assertThat(output.getAll()).doesNotContain(SEED);
    }

    /** Of all that can be read without knowing a name. */
    private static List<String> paths(Operator operator) {
        return PATH.matcher(operator.get("").body())
                .results()
                .map((MatchResult found) -> found.group(1))
                .filter(path -> !path.equals("/heapdump"))
                .distinct()
                .toList();
    }
}
