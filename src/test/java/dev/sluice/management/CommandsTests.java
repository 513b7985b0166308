package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.listener.Reload;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Commands for devices, from a call to the device's answer. */
@Timeout(60)
final class CommandsTests {

    private static final String RULES =
            "rules: [ { match.text: \"login {id}\", identify: \"{id}\", reply.text: \"welcome {id}\", forward: false }"
                    + " ]";
    private static final String YAML = """
        spring.security.user.password: secret
        sluice:
          data-directory: "%s"
          listeners:
            numbered:
              tcp: { address: 127.0.0.1, port: 0 }
              RULES
              commands:
                text: "{number:dec3} {payload}"
                confirm: answer
                answer: { match.text: "ok {number}", rejected.text: "no {number}", timeout: 300ms, forward: false }
                max-pending: 3
                max-size: 40B
            plain:
              tcp: { address: 127.0.0.1, port: 0 }
              RULES
              commands:
                confirm: answer
                answer: { match.text: "done", rejected.regex: "failed.*", timeout: 300ms }
            written:
              tcp: { address: 127.0.0.1, port: 0 }
              RULES
              commands: { hex: "{number:u8} 'cmd ' {payload}" }
            silent:
              tcp: { address: 127.0.0.1, port: 0 }
              RULES
            datagrams:
              udp: { address: 127.0.0.1, port: 0 }
        """.replace("RULES", RULES);

    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    private static RunningSluice shared;

    /** The one that all tests share, unless a test has started one of its own. */
    private RunningSluice sluice;

    private Operator operator;

    @BeforeAll
    static void start(@TempDir Path folder) {
        shared = RunningSluice.withManagement(YAML.formatted(folder));
    }

    @AfterAll
    static void stop() {
        shared.close();
    }

    @BeforeEach
    void useShared() {
        use(shared);
        // The devices of the test before are gone.
        await().until(() -> operator.get("/devices").json().get("devices").isEmpty());
    }

    @AfterEach
    void stopOwn() {
        if (sluice != shared) {
            sluice.close();
        }
        callers.shutdownNow();
    }

    private void startOwn(Path folder) {
        use(RunningSluice.withManagement(YAML.formatted(folder)));
    }

    private void use(RunningSluice other) {
        sluice = other;
        operator = new Operator(sluice, "operator:secret");
    }

    private Operator.Answer submit(String listener, String identity, String more) {
        return operator.post(
                "/commands", "{\"listener\":\"%s\",\"identity\":\"%s\",%s}".formatted(listener, identity, more));
    }

    private Future<Operator.Answer> submitAndWait(String listener, String identity, String more) {
        return callers.submit(() -> submit(listener, identity, more + ",\"wait\":\"20s\""));
    }

    private TalkingDevice device(String listener, String identity) throws IOException {
        return TalkingDevice.at(sluice, listener, identity);
    }

    private JsonNode outcome(String id) {
        return operator.get("/commands/" + id + "?wait=20s").json();
    }

    private static String number(String line) {
        return line.substring(0, line.indexOf(' '));
    }

    @Test
    void aDeviceConfirmsOrRejectsByTheNumberOfACommand() throws Exception {
        long received = sluice.traffic("numbered").received.sum();
        long quiet = sluice.traffic("numbered").quiet.sum();
        try (TalkingDevice device = device("numbered", "answering")) {
            Future<Operator.Answer> first =
                    submitAndWait("numbered", "answering", "\"text\":\"open\",\"id\":\"answering-1\"");
            String heard = device.hears();
            assertThat(heard).matches("\\d{3} open");
            device.say("nothing of this\nok " + number(heard));
            assertThat(first.get().status()).isEqualTo(200);
            assertThat(first.get().json().get("outcome").asString()).isEqualTo("confirmed");
            assertThat(first.get().json().get("attempts").asInt()).isEqualTo(1);

            Future<Operator.Answer> second =
                    submitAndWait("numbered", "answering", "\"hex\":\"'shut'\",\"id\":\"answering-2\"");
            heard = device.hears();
            assertThat(heard).endsWith(" shut");
            device.say("no " + number(heard));
            assertThat(second.get().json().get("outcome").asString()).isEqualTo("rejected");
        }
        // What is no answer went its way, and the answers did not: they are as quiet as the login.
        await().until(() -> sluice.traffic("numbered").received.sum() == received + 4);
        assertThat(sluice.traffic("numbered").quiet.sum()).isEqualTo(quiet + 3);
    }

    @Test
    void aLateAnswerConfirmsNoOtherCommand() throws Exception {
        try (TalkingDevice device = device("numbered", "late")) {
            assertThat(submit("numbered", "late", "\"text\":\"one\",\"id\":\"late-1\",\"mode\":\"at-most-once\"")
                            .status())
                    .isEqualTo(202);
            assertThat(submit("numbered", "late", "\"text\":\"two\",\"id\":\"late-2\",\"mode\":\"at-most-once\"")
                            .status())
                    .isEqualTo(202);
            String one = device.hears();
            assertThat(outcome("late-1").get("outcome").asString()).isEqualTo("unconfirmed");
            String two = device.hears();
            assertThat(two).endsWith(" two");
            device.say("ok " + number(one));
            assertThat(outcome("late-2").get("outcome").asString()).isEqualTo("unconfirmed");
        }
        assertThat(sluice.traffic("numbered").closed(Reason.Closed.UNCONFIRMED).sum())
                .isZero();
    }

    @Test
    void withoutNumbersATimeOutClosesTheConnectionAndTheCommandComesAgain() throws Exception {
        long unconfirmed =
                sluice.traffic("plain").closed(Reason.Closed.UNCONFIRMED).sum();
        assertThat(submit("plain", "mute", "\"text\":\"go\",\"id\":\"mute-1\"").status())
                .isEqualTo(202);
        try (TalkingDevice device = device("plain", "mute")) {
            assertThat(device.hears()).isEqualTo("go");
            assertThat(device.hears()).isNull();
        }
        await().until(() ->
                sluice.traffic("plain").closed(Reason.Closed.UNCONFIRMED).sum() == unconfirmed + 1);
        try (TalkingDevice device = device("plain", "mute")) {
            assertThat(device.hears()).isEqualTo("go");
            device.say("failed with 7");
            JsonNode outcome = outcome("mute-1");
            assertThat(outcome.get("outcome").asString()).isEqualTo("rejected");
            assertThat(outcome.get("attempts").asInt()).isEqualTo(2);
        }
    }

    @Test
    void atMostOnceIsNotSentAgain() throws Exception {
        assertThat(submit("plain", "once", "\"text\":\"go\",\"id\":\"once-1\",\"mode\":\"at-most-once\"")
                        .status())
                .isEqualTo(202);
        try (TalkingDevice device = device("plain", "once")) {
            assertThat(device.hears()).isEqualTo("go");
        }
        assertThat(outcome("once-1").get("outcome").asString()).isEqualTo("unconfirmed");
        try (TalkingDevice device = device("plain", "once")) {
            Future<Operator.Answer> next = submitAndWait("plain", "once", "\"text\":\"next\"");
            assertThat(device.hears()).isEqualTo("next");
            device.say("done");
            assertThat(next.get().json().get("outcome").asString()).isEqualTo("confirmed");
        }
    }

    @Test
    void aCommandWaitsForADeviceThatIsAwayAcrossARestart(@TempDir Path folder) throws Exception {
        startOwn(folder);
        assertThat(submit("written", "A", "\"base64\":\"aGVsbG8=\",\"id\":\"c1\"")
                        .json()
                        .get("state")
                        .asString())
                .isEqualTo("waiting");
        assertThat(submit("written", "A", "\"text\":\"again\",\"id\":\"c2\"").status())
                .isEqualTo(202);
        sluice.close();
        startOwn(folder);
        JsonNode waiting = operator.get("/commands?listener=written&identity=A").json();
        assertThat(waiting.at("/commands/0/id").asString()).isEqualTo("c1");
        assertThat(waiting.at("/commands/1/id").asString()).isEqualTo("c2");
        try (TalkingDevice device = device("written", "A")) {
            assertThat(device.hears()).isEqualTo("\u0001cmd hello");
            assertThat(device.hears()).isEqualTo("\u0002cmd again");
            assertThat(outcome("c1").get("outcome").asString()).isEqualTo("confirmed");
            assertThat(outcome("c2").get("outcome").asString()).isEqualTo("confirmed");
        }
        assertThat(operator.get("/commands").json().at("/ledger/confirmed").asLong())
                .isEqualTo(2);
    }

    @Test
    void aCommandExpiresOrIsCancelledWhileItsDeviceIsAway() throws Exception {
        assertThat(submit("written", "away", "\"text\":\"x\",\"id\":\"away-1\",\"ttl\":\"200ms\"")
                        .status())
                .isEqualTo(202);
        assertThat(outcome("away-1").get("outcome").asString()).isEqualTo("expired");
        assertThat(submit("written", "away", "\"text\":\"x\",\"id\":\"away-2\"").status())
                .isEqualTo(202);
        assertThat(operator.delete("/commands/away-2").json().get("outcome").asString())
                .isEqualTo("cancelled");
        // It has its outcome, and keeps it.
        assertThat(operator.delete("/commands/away-1").json().get("outcome").asString())
                .isEqualTo("expired");
        try (TalkingDevice device = device("written", "away")) {
            assertThat(submit("written", "away", "\"text\":\"y\",\"id\":\"away-3\"")
                            .status())
                    .isIn(200, 202);
            assertThat(device.hears()).endsWith("cmd y");
        }
        assertThat(operator.get("/commands/unknown").status()).isEqualTo(404);
        assertThat(operator.delete("/commands/unknown").status()).isEqualTo(404);
    }

    @Test
    void whatCannotBeIsRefusedWithASentence() throws Exception {
        String many = "x".repeat(41);
        assertThat(submit("numbered", "refused", "\"text\":\"%s\"".formatted(many))
                        .status())
                .isEqualTo(413);
        assertThat(submit("numbered", "refused", "\"text\":\"a\",\"id\":\"refused-1\"")
                        .status())
                .isEqualTo(202);
        // The same again is the same.
        assertThat(submit("numbered", "refused", "\"text\":\"a\",\"id\":\"refused-1\"")
                        .status())
                .isEqualTo(202);
        assertThat(submit("numbered", "refused", "\"text\":\"b\",\"id\":\"refused-1\"")
                        .status())
                .isEqualTo(409);
        assertThat(submit("numbered", "B", "\"text\":\"a\",\"id\":\"refused-1\"")
                        .status())
                .isEqualTo(409);
        assertThat(submit("numbered", "refused", "\"text\":\"a\"").status()).isEqualTo(202);
        assertThat(submit("numbered", "refused", "\"text\":\"a\"").status()).isEqualTo(202);
        assertThat(submit("numbered", "refused", "\"text\":\"a\"").status()).isEqualTo(429);
        assertThat(submit("silent", "refused", "\"text\":\"a\"").status()).isEqualTo(409);
        assertThat(submit("datagrams", "refused", "\"text\":\"a\"").status()).isEqualTo(409);
        assertThat(submit("absent", "refused", "\"text\":\"a\"").status()).isEqualTo(404);
        assertThat(operator.post("/commands", "{\"identity\":\"refused\",\"text\":\"a\"}")
                        .body())
                .contains("several realms", "numbered", "plain", "written");
        for (String wrong : new String[] {
            "\"text\":\"a\",\"hex\":\"00\"",
            "\"hex\":\"0\"",
            "\"base64\":\"%\"",
            "\"text\":\"a\",\"ttl\":\"25h\"",
            "\"text\":\"a\",\"ttl\":\"5\"",
            "\"text\":\"a\",\"wait\":\"1h\"",
            "\"text\":\"a\",\"mode\":\"twice\"",
            "\"text\":\"a\",\"id\":\"a b\"",
            "\"text\":\"a\",\"realm\":\"plain\""
        }) {
            assertThat(submit("numbered", "refused", wrong)).satisfies(answer -> {
                assertThat(answer.status()).as(wrong).isEqualTo(400);
                assertThat(answer.json().get("reason").asString()).isNotBlank();
            });
        }
        assertThat(submit("plain", "refused", "\"text\":\"a\",\"confirm\":\"written\"")
                        .status())
                .isEqualTo(400);
        assertThat(submit("plain", "", "\"text\":\"a\"").status()).isEqualTo(400);
        assertThat(submit("plain", "A\\u0007", "\"text\":\"a\"").status()).isEqualTo(400);
    }

    @Test
    void devicesAreShownAndClosed() throws Exception {
        long closed = sluice.traffic("numbered").closed(Reason.Closed.OPERATOR).sum();
        try (TalkingDevice a = device("numbered", "A");
                TalkingDevice b = device("plain", "B");
                TalkingDevice silent = device("silent", "C")) {
            await().until(() -> operator.get("/devices").json().get("devices").size() == 2);
            JsonNode page = operator.get("/devices?limit=1&sort=-identity").json();
            assertThat(page.get("total").asInt()).isEqualTo(2);
            assertThat(page.at("/devices/0/identity").asString()).isEqualTo("B");
            assertThat(page.at("/devices/0/listener").asString()).isEqualTo("plain");
            assertThat(page.at("/devices/0/remote").asString()).startsWith("127.0.0.1:");
            assertThat(operator.get("/devices?listener=numbered")
                            .json()
                            .at("/devices/0/identity")
                            .asString())
                    .isEqualTo("A");
            assertThat(operator.get("/devices?sort=colour&limit=1").status()).isEqualTo(400);
            assertThat(operator.get("/devices/A").json().get("realm").asString())
                    .isEqualTo("numbered");
            assertThat(operator.get("/replicas")
                            .json()
                            .at("/replicas/0/devices")
                            .asInt())
                    .isEqualTo(2);
            assertThat(operator.delete("/devices/A").status()).isEqualTo(204);
            assertThat(a.hears()).isNull();
            await().untilAsserted(() ->
                    assertThat(operator.get("/devices/A").status()).isEqualTo(404));
            assertThat(operator.delete("/devices/A").status()).isEqualTo(404);
            b.say("hello");
            silent.say("hello");
        }
        await().until(() ->
                sluice.traffic("numbered").closed(Reason.Closed.OPERATOR).sum() == closed + 1);
        await().until(() -> operator.get("/devices").json().get("devices").isEmpty());
    }

    @Test
    void aDeviceThatIsConnectedIsMeantWhereSeveralCouldBe() throws Exception {
        String body = "{\"identity\":\"twice\",\"text\":\"go\"}";
        try (TalkingDevice one = device("written", "twice")) {
            assertThat(operator.post("/commands", body).status()).isIn(200, 202);
            assertThat(one.hears()).endsWith("cmd go");
            try (TalkingDevice _ = device("plain", "twice")) {
                await().until(() ->
                        operator.get("/devices").json().get("devices").size() == 2);
                assertThat(operator.post("/commands", body)).satisfies(answer -> {
                    assertThat(answer.status()).isEqualTo(400);
                    assertThat(answer.body()).contains("several are called so");
                });
            }
        }
    }

    @Test
    void theNewerOfTwoConnectionsGetsCommandsAndTheElderOnceItIsAlone() throws Exception {
        try (TalkingDevice elder = device("written", "doubled")) {
            try (TalkingDevice newer = device("written", "doubled")) {
                submit("written", "doubled", "\"text\":\"one\",\"wait\":\"20s\"");
                assertThat(newer.hears()).endsWith("cmd one");
            }
            await().until(() ->
                    sluice.listener("written").transport().connections().size() == 1);
            submit("written", "doubled", "\"text\":\"two\",\"wait\":\"20s\"");
            assertThat(elder.hears()).endsWith("cmd two");
        }
    }

    @Test
    void aReloadCountsForDevicesThatAreConnected(@TempDir Path folder) throws Exception {
        startOwn(folder);
        try (TalkingDevice device = device("silent", "A");
                TalkingDevice other = device("written", "B")) {
            sluice.rewrite(YAML.formatted(folder)
                    .replace("    datagrams:\n", "      commands: { text: \"now {payload}\" }\n    datagrams:\n")
                    .replace("'cmd '", "'order '"));
            assertThat(sluice.bean(Reload.class)
                            .run(Reload.Request.by("a test"))
                            .status())
                    .isEqualTo(Reload.Status.APPLIED);
            submit("silent", "A", "\"text\":\"go\",\"wait\":\"20s\"");
            assertThat(device.hears()).isEqualTo("now go");
            submit("written", "B", "\"text\":\"go\",\"wait\":\"20s\"");
            assertThat(other.hears()).endsWith("order go");

            sluice.rewrite(YAML.formatted(folder));
            assertThat(sluice.bean(Reload.class)
                            .run(Reload.Request.by("a test"))
                            .status())
                    .isEqualTo(Reload.Status.APPLIED);
            assertThat(submit("silent", "A", "\"text\":\"go\"").status()).isEqualTo(409);
            await().until(() -> operator.get("/devices/A").status() == 404);
        }
    }

    @Test
    void viewersLookAndOperatorsSend() throws Exception {
        Operator nobody = new Operator(sluice, "");
        assertThat(nobody.get("/commands").status()).isEqualTo(401);
        assertThat(nobody.post("/commands", "{\"identity\":\"A\",\"text\":\"x\"}")
                        .status())
                .isEqualTo(401);
    }
}
