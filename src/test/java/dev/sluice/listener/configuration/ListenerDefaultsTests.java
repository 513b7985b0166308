package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.handler.ReplyProperties;
import dev.sluice.transport.framing.FramingProperties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.PropertySource;
import org.springframework.util.unit.DataSize;

final class ListenerDefaultsTests {

    private static final String YAML = """
        sluice:
          defaults:
            charset: ISO-8859-1
            tcp:
              backlog: 7
              address: 127.0.0.1
            udp:
              receivers: 2
            framing:
              type: delimited
              delimiter: ";"
              max-size: 1KB
            reply:
              type: text
              text: OK
            timeouts:
              idle: 1m
          listeners:
            greeter:
              tcp:
                port: 1
            own:
              charset: UTF-8
              tcp:
                port: 2
                backlog: 8
              framing:
                type: crlf
              reply:
                type: echo
              timeouts:
                idle: 2m
            beacon:
              udp:
                port: 3
        """;

    @Test
    void aListenerThatSaysNothingHearsTheDefault() {
        var greeter = Configured.by(YAML).listener("greeter");

        assertThat(greeter.charset()).isEqualTo(StandardCharsets.ISO_8859_1);
        assertThat(greeter.tcp().backlog()).isEqualTo(7);
        assertThat(greeter.tcp().address()).isEqualTo("127.0.0.1");
        assertThat(greeter.framing().type()).isEqualTo(FramingProperties.Type.DELIMITED);
        assertThat(greeter.framing().maxSize()).isEqualTo(DataSize.ofKilobytes(1));
        assertThat(greeter.reply().text()).isEqualTo("OK");
        assertThat(greeter.timeouts().idle()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aListenersOwnWordWins() {
        var own = Configured.by(YAML).listener("own");

        assertThat(own.charset()).isEqualTo(StandardCharsets.UTF_8);
        assertThat(own.tcp().backlog()).isEqualTo(8);
        assertThat(own.tcp().address()).isEqualTo("127.0.0.1");
        assertThat(own.framing().type()).isEqualTo(FramingProperties.Type.CRLF);
        assertThat(own.reply().type()).isEqualTo(ReplyProperties.Type.ECHO);
        assertThat(own.timeouts().idle()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void defaultsOfTheOtherTransportAreNotHeard() {
        SluiceProperties sluice = Configured.by(YAML).properties();

        assertThat(sluice.listeners().get("beacon").udp().receivers()).isEqualTo(2);
        assertThat(sluice.listeners().get("beacon").tcp()).isNull();
        assertThat(sluice.listeners().get("greeter").udp()).isNull();
    }

    @Test
    void udpHearsNothingThatIsOnlyForTcp() {
        Configured configured = Configured.by(YAML);

        assertThat(configured.problems()).isEmpty();
        assertThat(configured.environment().containsProperty("sluice.listeners.beacon.framing.type"))
                .isFalse();
        assertThat(configured.listener("beacon").framing().maxSize()).isEqualTo(DataSize.ofKilobytes(1));
    }

    @Test
    void anEmptyWordIsAWord() {
        var greeter = Configured.by("""
            sluice:
              defaults:
                tcp:
                  greeting: hello
              listeners:
                greeter:
                  tcp:
                    port: 1
                    greeting:
            """).listener("greeter");

        assertThat(greeter.tcp().greeting()).isNullOrEmpty();
    }

    @Test
    void aTransportWithEverythingFromTheDefaultsIsOne() {
        var greeter = Configured.by("""
            sluice:
              defaults:
                tcp:
                  port: 0
              listeners:
                greeter:
                  tcp:
            """).listener("greeter");

        assertThat(greeter.tcp().port()).isZero();
    }

    @Test
    void anotherSpellingOfAKeyIsTheSameKey() {
        var greeter = Configured.by("""
            sluice:
              defaults:
                tcp:
                  no-delay: true
              listeners:
                greeter:
                  tcp:
                    port: 0
                    noDelay: false
            """).listener("greeter");

        assertThat(greeter.tcp().noDelay()).isFalse();
    }

    @Test
    void aVariableCanBeADefaultAndCanOverrideOne() {
        Configured configured = Configured.by(YAML)
                .withVariables(Map.of(
                        "SLUICE_DEFAULTS_TIMEOUTS_IDLE", "3m",
                        "SLUICE_DEFAULTS_LIMITS_MAXCONNECTIONS", "9",
                        "SLUICE_LISTENERS_GREETER_TCP_BACKLOG", "10"));

        var greeter = configured.listener("greeter");
        assertThat(greeter.timeouts().idle()).isEqualTo(Duration.ofMinutes(3));
        assertThat(greeter.limits().maxConnections()).isEqualTo(9);
        assertThat(greeter.tcp().backlog()).isEqualTo(10);
    }

    @Test
    void sinksAndDeliveryCanBeDefaults() {
        Configured configured = Configured.by("""
            sluice:
              defaults:
                sinks: [one, two]
                delivery: { attempts: 3, backoff: 2s }
                reply.after: delivered
              listeners:
                greeter: { tcp: { port: 0 } }
                own: { udp: { port: 0 }, sinks: [two], delivery: { attempts: 0 } }
                direct: { tcp: { port: 0 }, delivery.mode: direct }
                none: { tcp: { port: 0 }, sinks: }
              sinks: { one: { log: }, two: { log: } }
            """);

        assertThat(configured.listener("greeter").sinks()).containsExactly("one", "two");
        assertThat(configured.listener("greeter").delivery().attempts()).isEqualTo(3);
        assertThat(configured.listener("own").sinks()).containsExactly("two");
        assertThat(configured.listener("own").delivery().attempts()).isZero();
        assertThat(configured.listener("own").delivery().backoff()).isEqualTo(Duration.ofSeconds(2));
        assertThat(configured.listener("none").sinks()).isEmpty();
        assertThat(configured.problems()).isEmpty();
    }

    @Test
    void aDefaultLeadsToItsLine() {
        PropertySource<?> defaults =
                Configured.by(YAML).environment().getPropertySources().get("sluice.defaults");

        assertThat(Place.of(PropertySourceOrigin.get(defaults, "sluice.listeners.greeter.tcp.backlog")))
                .isEqualTo("application.yml:5");
    }

    @Test
    void appliedAgainTheyTakeThePlaceOfThoseBefore() {
        Configured configured = Configured.by(YAML);
        configured.environment();
        configured.withArguments("--sluice.defaults.tcp.backlog=11");

        assertThat(configured.listener("greeter").tcp().backlog()).isEqualTo(11);
        assertThat(configured.listener("own").tcp().backlog()).isEqualTo(8);
    }

    @Test
    void noDefaultsAreNone() {
        assertThat(Configured.by("sluice: { defaults: {}, listeners: { greeter: { tcp: { port: 0 } } } }")
                        .environment()
                        .getPropertySources()
                        .contains("sluice.defaults"))
                .isFalse();
    }
}
