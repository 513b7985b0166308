package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.listener.Reload;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A reload that is asked for over HTTP, or by what the files say. */
final class ReloadEndpointTests {

    private static final String USERS = """
        spring.security.user: { name: boss, password: secret, roles: operator }
        sluice.users.guest: { password: look }
        """;

    private static final String BEFORE = files("", "");

    private static RunningSluice shared;

    @BeforeAll
    static void start() {
        shared = RunningSluice.withManagement(BEFORE);
    }

    @AfterAll
    static void stop() {
        shared.close();
    }

    /** As it was at the start, whatever another test has made of it. */
    private static RunningSluice shared() {
        shared.rewrite(BEFORE);
        assertThat(shared.bean(Reload.class).run(Reload.Request.by("a test")).problems())
                .isEmpty();
        return shared;
    }

    private static String files(String moreOfA, String moreOfB) {
        return USERS + echo("a", moreOfA) + echo("b", moreOfB);
    }

    private static String echo(String name, String more) {
        return "sluice.listeners." + name + ": { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo" + more
                + " }\n";
    }

    @Test
    void aPlanIsShownAndJustThatApplied() throws IOException {
        RunningSluice sluice = shared();
        try (Socket peer = sluice.connect("a")) {
            Operator operator = new Operator(sluice, "boss:secret");
            peer.getOutputStream().write('\n');
            assertThat(peer.getInputStream().read()).isEqualTo('\n');
            sluice.rewrite(files(", access.deny: [127.0.0.1]", ""));
            JsonNode plan = operator.post("/reload", "{\"dry-run\":true}").json();
            assertThat(plan.at("/outcome").asString()).isEqualTo("planned");
            JsonNode key = plan.at("/listeners/a/keys/0");
            assertThat(key.at("/key").asString()).isEqualTo("sluice.listeners.a.access.deny[0]");
            assertThat(key.at("/old").isNull()).isTrue();
            assertThat(key.at("/now").asString()).isEqualTo("127.0.0.1");
            assertThat(key.at("/connections").asInt()).isEqualTo(1);
            assertThat(operator.get("/reload").json().at("/state").asString()).isEqualTo("changed");
            String fingerprint = plan.at("/fingerprint").asString();

            sluice.rewrite(files(", limits.max-connections: 7", ""));
            Operator.Answer unexpected = operator.post("/reload", "{\"expect\":\"" + fingerprint + "\"}");
            assertThat(unexpected.status()).isEqualTo(412);
            String other = unexpected.json().at("/fingerprint").asString();
            assertThat(other).isNotEqualTo(fingerprint);
            assertThat(operator.post("/reload", "{\"expect\":\"" + other + "\"}")
                            .json()
                            .at("/outcome")
                            .asString())
                    .isEqualTo("applied");
            JsonNode running = operator.get("/reload").json();
            assertThat(running.at("/state").asString()).isEqualTo("applied");
            assertThat(running.at("/by").asString()).isEqualTo("http boss");
            assertThat(running.at("/history/0/summary").asString()).isEqualTo("listener a changed");
            assertThat(operator.get("/configuration/a").json().toString())
                    .contains("{\"key\":\"limits.max-connections\",\"value\":\"7\",\"origin\":\"");
            peer.getOutputStream().write('\n');
            assertThat(peer.getInputStream().read()).isEqualTo('\n');
        }
    }

    @Test
    void whatIsWrongIsToldAndNothingChanges() {
        RunningSluice sluice = shared();
        Operator operator = new Operator(sluice, "boss:secret");
        sluice.rewrite(files(", limits.max-conections: 7", ""));
        Operator.Answer invalid = operator.post("/reload", "{}");
        assertThat(invalid.status()).isEqualTo(422);
        assertThat(invalid.json().at("/problems/0").asString())
                .contains("sluice.listeners.a.limits.max-conections: unknown key. Did you mean 'max-connections'?");
        assertThat(operator.get("/reload").json().at("/state").asString()).isEqualTo("refused");
        sluice.rewrite(files("", "") + "sluice.data-directory: elsewhere\n");
        Operator.Answer needsStart = operator.post("/reload", "{}");
        assertThat(needsStart.status()).isEqualTo(409);
        assertThat(needsStart.json().at("/keys/0").asString()).isEqualTo("sluice.data-directory");
        assertThat(operator.post("/reload", "{\"drain\":\"30\"}").status()).isEqualTo(400);
        assertThat(new Operator(sluice, "guest:look").post("/reload", "{}").status())
                .isEqualTo(403);
    }

    @Test
    void eachPeerIsSentToInTheFramingThatItConnectedUnder() throws IOException {
        RunningSluice sluice = shared();
        try (Socket old = sluice.connect("b")) {
            Operator operator = new Operator(sluice, "boss:secret");
            old.getOutputStream().write('\n');
            assertThat(old.getInputStream().read()).isEqualTo('\n');
            sluice.rewrite(files("", ", framing.type: nul"));
            assertThat(operator.post("/reload", "{}").status()).isEqualTo(200);
            try (Socket later = sluice.connect("b")) {
                later.getOutputStream().write(0);
                assertThat(later.getInputStream().read()).isZero();
                assertThat(operator.post("/connections", "{\"listener\":\"b\",\"text\":\"hi\"}")
                                .json()
                                .at("/sent")
                                .asInt())
                        .isEqualTo(2);
                assertThat(old.getInputStream().readNBytes(3)).containsExactly('h', 'i', '\n');
                assertThat(later.getInputStream().readNBytes(3)).containsExactly('h', 'i', 0);
            }
        }
    }

    @Test
    void metersAndUsersFollow() {
        RunningSluice sluice = shared();
        Operator operator = new Operator(sluice, "boss:secret");
        assertThat(operator.get("/prometheus").body())
                .contains("sluice_messages_received_total{listener=\"a\"}")
                .doesNotContain("listener=\"c\"");
        sluice.rewrite(USERS.replace("guest", "visitor") + echo("a", "") + echo("c", ""));
        assertThat(operator.post("/reload", "{}").status()).isEqualTo(200);
        assertThat(operator.get("/prometheus").body())
                .contains("sluice_messages_received_total{listener=\"a\"}")
                .contains("sluice_messages_received_total{listener=\"c\"}")
                .contains("sluice_config_last_reload_successful 1.0")
                .doesNotContain("listener=\"b\"");
        assertThat(new Operator(sluice, "guest:look").get("/listeners").status())
                .isEqualTo(401);
        assertThat(new Operator(sluice, "visitor:look").get("/listeners").status())
                .isEqualTo(200);

        sluice.rewrite(USERS.replace("name: boss, password: secret", "name: chief, password: another")
                + echo("a", "")
                + echo("c", ""));
        assertThat(operator.post("/reload", "{}").status()).isEqualTo(200);
        assertThat(operator.get("/listeners").status()).isEqualTo(401);
        assertThat(new Operator(sluice, "chief:another").post("/reload", "{}").status())
                .isEqualTo(200);
        assertThat(new Operator(sluice, "guest:look").get("/listeners").status())
                .isEqualTo(200);
    }

    @Test
    void filesAreWatchedOnceThatIsWanted() {
        String watch = "sluice.reload.watch: 100ms\n";
        try (RunningSluice sluice = RunningSluice.withManagement(watch + USERS + echo("a", ""))) {
            Operator operator = new Operator(sluice, "boss:secret");
            sluice.rewrite(watch + USERS + echo("a", "") + echo("b", ""));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> operator.get("/listeners/b").status() == 200);
            assertThat(operator.get("/reload").json().at("/by").asString()).isEqualTo("watch");
            // A refused content is tried once.
            sluice.rewrite(watch + USERS + "sluice.listeners.a.tcp.prt: 1\n");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> operator.get("/reload")
                            .json()
                            .at("/state")
                            .asString()
                            .equals("refused"));
            await().during(Duration.ofMillis(700))
                    .until(() -> operator.get("/reload").json().at("/history").size() == 2);
        }
    }

    /** As Kubernetes does with the volume of a ConfigMap. */
    @Test
    void eachSwapOfAVolumeIsSeen(@TempDir Path volume) throws IOException {
        Path file = volume.resolve("sluice.yml");
        swap(volume, "..1", echo("a", ""));
        Files.createSymbolicLink(file, Path.of("..data", "sluice.yml"));
        String yaml = "sluice.reload.watch: 100ms\nspring.config.import: 'file:" + file + "'\n" + USERS;
        try (RunningSluice sluice = RunningSluice.withManagement(yaml)) {
            Operator operator = new Operator(sluice, "boss:secret");
            assertThat(operator.get("/listeners/a").status()).isEqualTo(200);
            swap(volume, "..2", echo("a", "") + echo("b", ""));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> operator.get("/listeners/b").status() == 200);
            swap(volume, "..3", echo("a", "") + echo("c", ""));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> operator.get("/listeners/c").status() == 200);
            // Two in a row: the last one counts.
            swap(volume, "..4", echo("a", "") + echo("d", ""));
            swap(volume, "..5", echo("a", "") + echo("e", ""));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> operator.get("/listeners/e").status() == 200);
            for (String gone : List.of("b", "c", "d")) {
                assertThat(operator.get("/listeners/" + gone).status()).as(gone).isEqualTo(404);
            }
        }
    }

    private static void swap(Path volume, String version, String content) throws IOException {
        Files.writeString(Files.createDirectory(volume.resolve(version)).resolve("sluice.yml"), content);
        Path link = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of(version));
        Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
