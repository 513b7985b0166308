package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.sluice.sink.log.LogSinkProperties;
import dev.sluice.transport.Cidr;
import dev.sluice.transport.tcp.ProxyProtocolProperties.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.util.unit.DataSize;

/** What is right, and what only looks wrong; what is wrong are the files in {@code configuration/broken}. */
final class ConfigurationCheckTests {

    @ParameterizedTest
    @ValueSource(strings = {"", "sluice:", "sluice: { listeners: }", "sluice: { listeners: {}, defaults: }"})
    void nothingIsValid(String yaml) {
        Configured configured = Configured.by(yaml);

        assertThat(configured.problems()).isEmpty();
        assertThat(configured.properties().listeners()).isEmpty();
    }

    @Test
    void sectionsAndValuesThatAreLeftEmptyAreAbsent() {
        var greeter = Configured.by("""
            sluice:
              listeners:
                greeter:
                  tcp:
                    port: 0
                    backlog:
                    no-delay:
                    receive-buffer:
                  charset:
                  framing:
                    type:
                    max-size:
                  limits:
                  timeouts:
                    idle:
            """).listener("greeter");

        assertThat(greeter)
                .isEqualTo(Configured.by("sluice.listeners.greeter.tcp.port: 0").listener("greeter"));
    }

    @Test
    void keysMayBeSpelledAsSpringBootAllows() {
        var greeter = Configured.by("sluice.listeners.greeter: { tcp: { port: 0, keepAlive: false, no_delay: false } }")
                .listener("greeter");

        assertThat(greeter.tcp().keepAlive()).isFalse();
        assertThat(greeter.tcp().noDelay()).isFalse();
    }

    @Test
    void everyListenerMayAskForAnyFreePort() {
        assertThat(Configured.by("sluice.listeners: { one: { tcp: { port: 0 } }, two: { tcp: { port: 0 } } }")
                        .problems())
                .isEmpty();
    }

    @Test
    void tcpAndUdpHaveTheirOwnPorts() {
        assertThat(Configured.by("sluice.listeners: { one: { tcp: { port: 1 } }, two: { udp: { port: 1 } } }")
                        .problems())
                .isEmpty();
    }

    @Test
    void aListenerCannotHaveThePortThatManagementHasIfNobodySaysAnything() {
        String yaml = "sluice.listeners.greeter.tcp.port: 8080";

        assertThat(Configured.by(yaml).problems())
                .containsExactly("sluice.listeners.greeter.tcp.port: 8080 is also the port of the HTTP server,"
                        + " 'server.port'. Choose another port or address (application.yml:1)");
        assertThat(Configured.by(yaml)
                        .withVariables(Map.of("SERVER_PORT", "8081"))
                        .problems())
                .isEmpty();
        assertThat(Configured.by(yaml).withArguments("--server.port=0").problems())
                .isEmpty();
        assertThat(Configured.by(yaml)
                        .withArguments("--spring.main.web-application-type=none")
                        .problems())
                .isEmpty();
    }

    @Test
    void managementMayHaveAnAddressBesideThatOfAListener() {
        assertThat(Configured.by("""
            server: { port: 8088, address: 127.0.0.1 }
            management.server: { port: 8089, address: 127.0.0.1 }
            sluice:
              listeners:
                one: { tcp: { address: 127.0.0.2, port: 8088 } }
                two: { tcp: { address: 127.0.0.2, port: 8089 } }
                three: { udp.port: 8088 }
            """).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0", "'0'", "-0", "00", "PT5M", "500ms", "30s", "5m", "1h", "1d", "'${NOTHING_SETS_THIS:1s}'"})
    void aDurationHasAUnitOrIsZero(String duration) {
        assertThat(Configured.by("sluice.listeners.greeter: { tcp.port: 0, timeouts.idle: " + duration + " }")
                        .problems())
                .isEmpty();
    }

    @Test
    void aDurationNeedsItsUnitWhereverItIsSaid(@TempDir Path secrets) throws IOException {
        String yaml = "sluice: { listeners.greeter.tcp.port: 0, sinks.hook.http.url: 'http://localhost/' }";
        Files.writeString(secrets.resolve("sluice.sinks.hook.http.timeout"), "20\n");
        Configured tree = Configured.by(yaml);
        tree.environment().getPropertySources().addFirst(new ConfigTreePropertySource("tree", secrets));

        assertThat(Configured.by(yaml)
                        .withVariables(Map.of("SLUICE_LISTENERS_GREETER_TIMEOUTS_IDLE", "300"))
                        .problems())
                .containsExactly("sluice.listeners.greeter.timeouts.idle: '300' has no unit. Did you mean 300s?"
                        + " If it is milliseconds, write 300ms"
                        + " (environment variable SLUICE_LISTENERS_GREETER_TIMEOUTS_IDLE)");
        assertThat(Configured.by(yaml)
                        .withArguments("--sluice.listeners.greeter.timeouts.idle=300000")
                        .problems())
                .containsExactly("sluice.listeners.greeter.timeouts.idle: '300000' has no unit. Did you mean 300000ms?"
                        + " If it is seconds, write 300000s (command line: --sluice.listeners.greeter.timeouts.idle)");
        assertThat(tree.problems())
                .singleElement(STRING)
                .startsWith("sluice.sinks.hook.http.timeout: '20' has no unit. Did you mean 20s?");
    }

    /** Bytes are what is meant, and no other unit comes to mind. */
    @Test
    void aSizeWithoutAUnitIsInBytes() {
        var greeter = Configured.by("sluice.listeners.greeter: { tcp.port: 0, framing.max-size: 64 }")
                .listener("greeter");

        assertThat(greeter.framing().maxSize()).isEqualTo(DataSize.ofBytes(64));
    }

    @Test
    void addressesMayBeNamesOrOfEitherFamily() {
        assertThat(Configured.by("""
            sluice:
              listeners:
                one: { tcp: { address: localhost, port: 1 } }
                two: { tcp: { address: "::1", port: 2 } }
                three: { tcp: { address: "[::1]", port: 3 } }
                four: { udp: { address: "::", port: 4, multicast: { group: "ff02::1:3" } } }
            """).problems()).isEmpty();
    }

    @Test
    void aDatagramMayBeExpectedToBeLargerThanItCanBe() {
        assertThat(Configured.by("sluice.listeners.beacon: { udp: { port: 0 }, framing: { max-size: 1MB } }")
                        .problems())
                .isEmpty();
    }

    /** Spring Boot takes {@code false} for {@code off}, but no other word. */
    @ParameterizedTest
    @ValueSource(strings = {"off", "\"off\"", "OFF", "false"})
    void offIsAMode(String mode) {
        var tcp = Configured.by("sluice.listeners.greeter.tcp: { port: 0, proxy-protocol: { mode: " + mode
                        + ", trusted: [10.0.0.5] } }")
                .listener("greeter")
                .tcp();

        assertThat(tcp.proxyProtocol().mode()).isEqualTo(Mode.OFF);
    }

    @Test
    void noIsNoMode() {
        assertThat(Configured.by("sluice.listeners.greeter.tcp: { port: 0, proxy-protocol.mode: no }")
                        .problems())
                .containsExactly("sluice.listeners.greeter.tcp.proxy-protocol.mode: 'no' is not one of off, required."
                        + " (application.yml:1)");
    }

    @Test
    void rangesMayBeAListOrOneValue() {
        var listeners = Configured.by("""
            sluice:
              defaults.access.deny: 192.0.2.7
              listeners:
                one: { tcp.port: 0, access: { allow: [192.0.2.0/24, "2001:db8::/32"], deny: } }
                two: { tcp.port: 0, access: { allow: "192.0.2.0/24, 2001:db8::/32" } }
                three: { udp.port: 0, access: { allow: [] } }
                four: { udp.port: 0, access: }
            """).properties().listeners();

        assertThat(listeners.get("one").access().allow())
                .isEqualTo(List.of(Cidr.of("192.0.2.0/24"), Cidr.of("2001:db8::/32")))
                .isEqualTo(listeners.get("two").access().allow());
        assertThat(listeners.get("two").access().deny()).containsExactly(Cidr.of("192.0.2.7"));
        assertThat(listeners.get("three").access().allow()).isEmpty();
        assertThat(listeners.get("four").access().allow()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"' '", "','", "'${NOTHING_SETS_THIS:}'", "['${NOTHING_SETS_THIS:}']", "'${NOTHING_SETS_THIS:},'"
            })
    void anAllowListThatComesOutEmptyDoesNotServeEverybody(String ranges) {
        for (String said : List.of(
                "{ listeners.greeter: { tcp.port: 0, access.allow: " + ranges + " } }",
                "{ defaults.access.allow: " + ranges + ", listeners.greeter.tcp.port: 0 }")) {
            assertThat(Configured.by("sluice: " + said).problems())
                    .as(said)
                    .singleElement(STRING)
                    .contains(".access.allow");
        }
    }

    @Test
    void anEmptyVariableIsAnEmptyAllowListToo() {
        assertThat(Configured.by("sluice.listeners.greeter: { tcp.port: 0, access.allow: '${RANGES}' }")
                        .withVariables(Map.of("RANGES", ""))
                        .problems())
                .singleElement(STRING)
                .contains("access.allow: has come out empty, so that everybody would be served");
        assertThat(Configured.by("sluice.listeners.greeter.tcp.port: 0")
                        .withVariables(Map.of("SLUICE_LISTENERS_GREETER_ACCESS_ALLOW", ""))
                        .problems())
                .singleElement(STRING)
                .endsWith("(environment variable SLUICE_LISTENERS_GREETER_ACCESS_ALLOW)");
    }

    @Test
    void anEmptyAllowListThatAnotherOverridesDoesNoHarm() {
        var configured = Configured.by("sluice.listeners.greeter: { tcp.port: 0, access.allow: ' ' }")
                .withArguments("--sluice.listeners.greeter.access.allow=10.0.0.0/8");

        assertThat(configured.listener("greeter").access().allow()).containsExactly(Cidr.of("10.0.0.0/8"));
    }

    @Test
    void placeholdersOfTheEnvironmentAreResolved() {
        var greeter = Configured.by("sluice.listeners.greeter.tcp: { port: \"${PORT:7}\", backlog: \"${BACKLOG}\" }")
                .withVariables(Map.of("BACKLOG", "9"))
                .listener("greeter");

        assertThat(greeter.tcp().port()).isEqualTo(7);
        assertThat(greeter.tcp().backlog()).isEqualTo(9);
    }

    @Test
    void keysThatAreNotOursAreNotOurConcern() {
        assertThat(Configured.by("{ server: { port: 1 }, spring: { defaults: 1 }, sluices: { width: 2 } }")
                        .problems())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "123",
                "-1",
                "true",
                "1.5",
                "0123a",
                "0x",
                "2026-11-23",
                "12345678901234567890",
                "0123",
                "0x1F",
                "1_000",
                "+5",
                "1.50",
                ".5",
                "1e3",
                "yes",
                "True",
                "1:30",
                "0b11"
            })
    void aPasswordNeedsNoQuotes(String password) {
        assertThat(Configured.by("sluice.users: { ann: { password: " + password + " } }")
                        .properties()
                        .users()
                        .get("ann")
                        .password())
                .isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'0123'", "\"0123\"", "!!str 0123", "&it 0123"})
    void aPasswordMayBeWrittenInEveryWayOfYaml(String password) {
        assertThat(Configured.by("sluice.users: { ann: { password: " + password + " } }")
                        .properties()
                        .users()
                        .get("ann")
                        .password())
                .isEqualTo("0123");
    }

    @Test
    void aPasswordOfOthersNeedsNoQuotesEither() {
        assertThat(Configured.by("spring.datasource.password: 0123")
                        .environment()
                        .getProperty("spring.datasource.password"))
                .isEqualTo("0123");
    }

    @Test
    void aPlainPasswordMayLookLikeAHash() {
        assertThat(Configured.by("sluice.users.ann.password: '{noop}ann:$2y$10$" + "a".repeat(53) + "'")
                        .problems())
                .isEmpty();
    }

    @Test
    void aKindWithNothingBelowItIsAKind() {
        var sluice = Configured.by(
                        "sluice: { sinks: { one: { log: }, two: { log: { level: warn } } }, data-directory: }")
                .properties();

        assertThat(sluice.sinks().get("one").log()).isEqualTo(new LogSinkProperties(LogLevel.INFO));
        assertThat(sluice.sinks().get("two").log()).isEqualTo(new LogSinkProperties(LogLevel.WARN));
        assertThat(sluice.dataDirectory()).hasToString("data");
    }

    @Test
    void headersMayHaveAnyName() {
        var sluice = Configured.by("""
            sluice.sinks.hook.http:
              url: http://localhost/
              headers: { X-Api-Key: one, "[x_api_key]": two }
            """).properties();

        assertThat(sluice.sinks().get("hook").http().headers())
                .isEqualTo(Map.of("X-Api-Key", "one", "x_api_key", "two"));
    }

    @Test
    void everySinkThatIsSaidToBeThereMayBe() {
        assertThat(Configured.by("""
            spring.datasource.url: jdbc:postgresql://localhost/messages
            spring.ssl.bundle.pem.edge.truststore.certificate: edge.crt
            sluice:
              listeners:
                greeter:
                  tcp: { port: 0 }
                  sinks: [archive, console, hook, events, queue, iot, table, upstream, mirror]
                  reply: { type: echo, after: delivered }
              sinks:
                archive:  { file: { path: "data/archive/{listener}-{date}.log", format: raw } }
                console:  { log: { level: info } }
                hook:     { http: { url: "https://example.org/in", method: POST, headers: {}, ssl-bundle: edge } }
                events:   { kafka: { topic: "device.{listener}", key: "{connection}" } }
                queue:    { amqp: { exchange: "", routing-key: "{listener}" } }
                iot:      { mqtt: { url: "tcp://localhost:1883", topic: "sluice/{listener}", qos: 1 } }
                table:    { jdbc: { sql: "insert into inbox(id, payload) values (:id, :payload)" } }
                upstream: { tcp: { host: localhost, port: 9000, framing: { type: line }, expect: OK } }
                mirror:   { udp: { host: localhost, port: 9001 } }
            """).problems()).isEmpty();
    }

    @Test
    void aBeanThatExistsIsFound() {
        assertThat(beanProblems("orders")).isEmpty();
    }

    @Test
    void aBeanThatDoesNotExistIsReportedWithTheNearest() {
        assertThat(beanProblems("order"))
                .containsExactly("sluice.listeners.greeter.reply.bean: there is no bean 'order'."
                        + " Did you mean 'orders'? (application.yml:1)");
    }

    @Test
    void aBeanLikeNoOtherIsReportedWithWhereToPutIt() {
        assertThat(beanProblems("invoices"))
                .containsExactly("sluice.listeners.greeter.reply.bean: there is no bean 'invoices'."
                        + " Is the jar with it in 'extensions/'? (application.yml:1)");
    }

    @Test
    void theBeanOfASinkIsLookedForLikeThatOfAReply() {
        assertThat(problemsWithBeans("sluice.sinks.desk.bean.name: order"))
                .containsExactly("sluice.sinks.desk.bean.name: there is no bean 'order'."
                        + " Did you mean 'orders'? (application.yml:1)");
        assertThat(problemsWithBeans("sluice.sinks.desk.bean.name: orders")).isEmpty();
    }

    private static List<String> beanProblems(String bean) {
        return problemsWithBeans(
                "sluice.listeners.greeter: { tcp: { port: 0 }, reply: { type: bean, bean: " + bean + " } }");
    }

    private static List<String> problemsWithBeans(String yaml) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition("orders", new RootBeanDefinition(Object.class));
        return BeanCheck.problems(Configured.by(yaml).environment(), beans).stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void aListenerWhoseRulesAloneNameSinksHasSomeToDeliverTo() {
        assertThat(Configured.by("""
            sluice:
              listeners.port:
                tcp.port: 0
                reply: { type: echo, after: delivered }
                rules: [ { match.text: "alarm{*}", sinks: [alarms] } ]
              sinks.alarms.file.path: "alarms"
            """).problems()).isEmpty();
    }

    @Test
    void aSinkThatOnlyARuleNamesIsThatOfItsListener() {
        assertThat(Configured.by("""
            sluice:
              listeners:
                one: { tcp.port: 0, rules: [ { match.text: "a{*}", sinks: [a] } ] }
                two: { tcp.port: 0, sinks: [b] }
              sinks:
                a.file.path: "{listener}.log"
                b.file.path: "two.log"
            """).problems()).isEmpty();
    }
}
