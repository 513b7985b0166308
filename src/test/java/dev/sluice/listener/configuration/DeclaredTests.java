package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class DeclaredTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '=',
            value = {
                "file.path      = data/{imie}.log   = placeholder {imie} does not exist. Did you mean {imei}?",
                "mqtt.topic     = devices/{imie|-}  = placeholder {imie} does not exist. Did you mean {imei}?",
                "amqp.exchange  = of-{imie}         = placeholder {imie} does not exist. Did you mean {imei}?",
                "http.headers.x = a {imie}          = placeholder {imie} does not exist. Did you mean {imei}?",
                "jdbc.sql       = call x(:imie)     = parameter :imie does not exist. Did you mean :imei?",
                "jdbc.sql       = call x(:lisener)  = parameter :lisener does not exist. Did you mean :listener?",
                "jdbc.stored    = call x(:serial_nr)= parameter :serial_nr does not exist. Did you mean :serial_no?",
            })
    void aNameThatDoesNotExistIsReportedWithTheNearest(String key, String value, String complaint) {
        assertThat(problems(key, value)).contains("sluice.sinks.devices." + key + ": " + complaint);
    }

    @Test
    void oneThatIsLikeNoOtherIsReportedWithAll() {
        assertThat(problems("kafka.topic", "{colour}"))
                .anyMatch(problem -> problem.contains("placeholder {colour} does not exist; there are {listener} ")
                        && problem.endsWith(" {imei} {serial-no}"));
        assertThat(problems("jdbc.sql", "call x(:colour)"))
                .anyMatch(problem -> problem.contains("parameter :colour does not exist; there are :id ")
                        && problem.contains(" :imei")
                        && problem.contains(" :serial_no"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '=',
            value = {
                "file.path      = data/{imei}/{identity}-{serial-no|none}.log",
                "kafka.topic    = devices.{rule}.{serial-no}",
                "http.headers.x = {imei}",
                "jdbc.sql       = call x(:imei, :serial_no, :identity, :rule)",
            })
    void fieldsThatRulesFindCanBeNamed(String key, String value) {
        assertThat(problems(key, value)).noneMatch(problem -> problem.startsWith("sluice.sinks.devices." + key));
    }

    private static List<String> problems(String key, String value) {
        Problems problems = new Problems();
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("sluice.sinks.devices." + key, value)));
        Declared<SinkProperties> sink =
                new Declared<>("sluice.sinks.devices", SinkProperties.class, new Said(environment), problems);
        sink.fields(Set.of("imei", "serial-no"), false);
        sink.properties().check(sink);
        return problems.inOrder().stream()
                .map(problem -> problem.key() + ": " + problem.message())
                .toList();
    }
}
