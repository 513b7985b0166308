package dev.sluice.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.listener.Reload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What became of commands, on its way to sinks. */
@Timeout(60)
final class OutcomesToSinksTests {

    private static final String YAML = """
        spring.security.user.password: secret
        sluice:
          data-directory: "%1$s/data"
          listeners:
            valves:
              tcp: { address: 127.0.0.1, port: 0 }
              rules: [ { match.text: "login {who}", identify: "{who}", reply.text: "welcome {who}", forward: false } ]
              sinks: [ archive ]
              reply: { type: none }
              commands: { outcomes: [ plain, events ] }
            quiet:
              tcp: { address: 127.0.0.1, port: 0 }
              rules: [ { match.text: "login {who}", identify: "{who}", reply.text: "welcome {who}", forward: false } ]
              commands: {}
          sinks:
            archive: { file: { path: "%1$s/archive" } }
            plain: { file: { path: "%1$s/{outcome}" } }
            events: { file: { path: "%1$s/events", format: json } }
        """;

    @TempDir
    private Path folder;

    private RunningSluice sluice;
    private Operator operator;

    @BeforeEach
    void start() {
        sluice = RunningSluice.withManagement(YAML.formatted(folder));
        operator = new Operator(sluice, "operator:secret");
    }

    @AfterEach
    void stop() {
        sluice.close();
    }

    private void submit(String listener, String id, String more) {
        assertThat(operator.post(
                                "/commands",
                                "{\"listener\":\"%s\",\"identity\":\"A\",\"text\":\"secret\",\"id\":\"%s\"%s}"
                                        .formatted(listener, id, more))
                        .status())
                .isIn(200, 202);
    }

    private List<String> lines(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path) ? Files.readAllLines(path, UTF_8) : List.of();
        } catch (IOException ex) {
            throw new AssertionError(ex);
        }
    }

    private static JsonNode json(String line) {
        return new ObjectMapper().readTree(line);
    }

    @Test
    void anOutcomeComesToItsSinksAndAMessageToThoseOfItsListener() throws Exception {
        try (TalkingDevice device = TalkingDevice.at(sluice, "valves", "A")) {
            submit("valves", "c-1", "");
            assertThat(device.hears()).isEqualTo("secret");
            await().until(() ->
                    lines("confirmed").size() == 1 && lines("events").size() == 1);
            device.say("a message");
            await().until(() -> lines("archive").equals(List.of("a message")));
        }
        JsonNode said = json(lines("confirmed").getFirst());
        assertThat(said.get("id").asString()).isEqualTo("c-1");
        assertThat(said.get("identity").asString()).isEqualTo("A");
        assertThat(said.get("realm").asString()).isEqualTo("valves");
        assertThat(said.get("listener").asString()).isEqualTo("valves");
        assertThat(said.get("outcome").asString()).isEqualTo("confirmed");
        assertThat(said.get("attempts").asInt()).isEqualTo(1);
        assertThat(Instant.parse(said.get("endedAt").asString()))
                .isAfterOrEqualTo(said.get("submittedAt").asString());
        JsonNode event = json(lines("events").getFirst());
        assertThat(event.get("type").asString()).isEqualTo("dev.sluice.outcome");
        assertThat(event.get("source").asString()).isEqualTo("sluice/valves");
        assertThat(event.get("subject").asString()).isEqualTo("A");
        assertThat(event.has("remoteaddress")).isFalse();
        assertThat(event.at("/fields/outcome").asString()).isEqualTo("confirmed");
        assertThat(json(event.get("data").asString())).isEqualTo(said);
        assertThat(lines("events").toString() + lines("confirmed")).doesNotContain("secret");
        // Each sink has what was routed to it.
        JsonNode sinks = operator.get("/spools/valves").json();
        assertThat(sinks.toString()).contains("plain", "events", "archive");
    }

    @Test
    void thoseThatWereNotHandedOverAreAfterARestartAndNoneTwice() throws Exception {
        submit("valves", "c-1", ",\"ttl\":\"100ms\"");
        submit("quiet", "c-2", ",\"ttl\":\"100ms\"");
        await().until(() -> lines("expired").size() == 1);
        submit("valves", "c-3", ",\"ttl\":\"100ms\"");
        sluice.close();
        start();
        await().untilAsserted(() -> {
            assertThat(lines("expired")).hasSize(2);
            assertThat(lines("events")).hasSize(2);
        });
        submit("valves", "c-4", "");
        assertThat(operator.delete("/commands/c-4").status()).isEqualTo(200);
        await().until(() -> lines("cancelled").size() == 1);
        assertThat(lines("expired"))
                .extracting(line -> json(line).get("id").asString())
                .containsExactly("c-1", "c-3");
    }

    @Test
    void aReloadSaysWhoGetsThem() throws Exception {
        sluice.rewrite(YAML.formatted(folder)
                .replace("outcomes: [ plain, events ]", "outcomes: [ events ]")
                .replace("commands: {}", "commands: { outcomes: [ plain ] }"));
        assertThat(sluice.bean(Reload.class).run(Reload.Request.by("a test")).status())
                .isEqualTo(Reload.Status.APPLIED);
        submit("valves", "c-1", ",\"ttl\":\"100ms\"");
        submit("quiet", "c-2", ",\"ttl\":\"100ms\"");
        await().until(() -> lines("expired").size() == 1 && lines("events").size() == 1);
        assertThat(json(lines("expired").getFirst()).get("id").asString()).isEqualTo("c-2");
        assertThat(lines("events").getFirst()).contains("c-1");
    }

    @Test
    void aSinkThatIsNotThereIsToldBeforeTheStart() {
        assertThatThrownBy(() -> RunningSluice.withManagement(
                        YAML.formatted(folder.resolve("other")).replace("[ plain, events ]", "[ plain, event ]")))
                .hasStackTraceContaining("sluice.listeners.valves.commands.outcomes[1]")
                .hasStackTraceContaining("there is no sink 'event'. Did you mean 'events'?");
    }
}
