package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** The same as at a start, where they override what files say. */
final class EnvironmentVariablesTests {

    private static final String YAML = """
        sluice:
          listeners:
            greeter:
              tcp:
                port: 8888
            my-beacon:
              udp:
                port: 8889
        """;

    @Test
    void aVariableOverridesAFile() {
        var greeter = Configured.by(YAML)
                .withVariables(Map.of("SLUICE_LISTENERS_GREETER_TCP_PORT", "9000"))
                .listener("greeter");

        assertThat(greeter.tcp().port()).isEqualTo(9000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SLUICE_LISTENERS_GREETER_LIMITS_MAXCONNECTIONS",
                "SLUICE_LISTENERS_GREETER_LIMITS_MAX_CONNECTIONS"
            })
    void aDashIsNothingOrAnUnderscore(String variable) {
        var greeter = Configured.by(YAML).withVariables(Map.of(variable, "5")).listener("greeter");

        assertThat(greeter.limits().maxConnections()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SLUICE_LISTENERS_MYBEACON_UDP_RECEIVERS", "SLUICE_LISTENERS_MY_BEACON_UDP_RECEIVERS"})
    void aListenerWithADashIsNotTwo(String variable) {
        var listeners = Configured.by(YAML)
                .withVariables(Map.of(variable, "3"))
                .properties()
                .listeners();

        assertThat(listeners).containsOnlyKeys("greeter", "my-beacon");
        assertThat(listeners.get("my-beacon").udp().receivers()).isEqualTo(3);
        assertThat(listeners.get("my-beacon").udp().port()).isEqualTo(8889);
    }

    @Test
    void aListenerCanBeDeclaredByVariablesOnly() {
        var listeners = Configured.by("")
                .withVariables(
                        Map.of("SLUICE_LISTENERS_GREETER_TCP_PORT", "1", "SLUICE_LISTENERS_GREETER_REPLY_TYPE", "echo"))
                .properties()
                .listeners();

        assertThat(listeners).containsOnlyKeys("greeter");
    }

    @Test
    void aSinkCanBeOverriddenAndDeclared() {
        var sluice = Configured.by(
                        "sluice.sinks: { archive: { file: { path: a } }, my-hook: { http: { url: 'http://a/' } } }")
                .withVariables(Map.of(
                        "SLUICE_SINKS_ARCHIVE_FILE_PATH", "b",
                        "SLUICE_SINKS_MYHOOK_HTTP_URL", "http://b/",
                        "SLUICE_SINKS_MYHOOK_HTTP_HEADERS_AUTHORIZATION", "Bearer token",
                        "SLUICE_SINKS_CONSOLE_LOG_LEVEL", "warn",
                        "SLUICE_LISTENERS_GREETER_TCP_PORT", "0",
                        "SLUICE_LISTENERS_GREETER_SINKS", "archive,my-hook",
                        "SLUICE_LISTENERS_GREETER_DELIVERY_MAX_SPOOL_SIZE", "5MB"))
                .properties();

        assertThat(sluice.sinks()).containsOnlyKeys("archive", "my-hook", "console");
        assertThat(sluice.sinks().get("archive").file().path()).isEqualTo("b");
        assertThat(sluice.sinks().get("my-hook").http().url()).isEqualTo("http://b/");
        assertThat(sluice.sinks().get("my-hook").http().headers()).containsEntry("authorization", "Bearer token");
        assertThat(sluice.listeners().get("greeter").sinks()).containsExactly("archive", "my-hook");
        assertThat(sluice.listeners().get("greeter").delivery().maxSpoolSize()).isEqualTo(DataSize.ofMegabytes(5));
    }

    @Test
    void aDashOfASinkIsNothingWhereSomethingIsCalledAsOneLikes() {
        var problems = Configured.by("sluice.sinks.my-hook.http.url: http://a/")
                .withVariables(Map.of(
                        "SLUICE_SINKS_MY_HOOK_HTTP_URL", "http://b/",
                        "SLUICE_SINKS_MY_HOOK_HTTP_HEADERS_AUTHORIZATION", "Bearer token"))
                .problems();

        assertThat(problems)
                .containsExactly("SLUICE_SINKS_MY_HOOK_HTTP_HEADERS_AUTHORIZATION: unknown key."
                        + " Did you mean 'SLUICE_SINKS_MYHOOK_HTTP_HEADERS_AUTHORIZATION'?"
                        + " (environment variable SLUICE_SINKS_MY_HOOK_HTTP_HEADERS_AUTHORIZATION)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SLUICE_DATA_DIRECTORY", "SLUICE_DATADIRECTORY"})
    void theDataDirectoryCanBeSet(String variable) {
        assertThat(Configured.by("sluice.data-directory: data")
                        .withVariables(Map.of(variable, "/var/lib/sluice"))
                        .properties()
                        .dataDirectory())
                .isEqualTo(Path.of("/var/lib/sluice"));
    }

    @Test
    void aMisspeltVariableOfASinkIsReported() {
        var problems = Configured.by("sluice.sinks: { archive: { file: { path: a } } }")
                .withVariables(Map.of("SLUICE_SINKS_ARCHIVE_FILE_PAHT", "b", "SLUICE_DATA_DIRECTROY", "c"))
                .problems();

        assertThat(problems)
                .containsExactlyInAnyOrder(
                        "SLUICE_SINKS_ARCHIVE_FILE_PAHT: unknown key. Did you mean 'SLUICE_SINKS_ARCHIVE_FILE_PATH'?"
                                + " (environment variable SLUICE_SINKS_ARCHIVE_FILE_PAHT)",
                        "SLUICE_DATA_DIRECTROY: unknown key. Did you mean 'SLUICE_DATADIRECTORY'?"
                                + " (environment variable SLUICE_DATA_DIRECTROY)");
    }

    @Test
    void anUnknownVariableIsReportedAsItIsWritten() {
        var problems = Configured.by(YAML)
                .withVariables(Map.of("SLUICE_LISTENERS_GREETER_TCP_PROT", "9000"))
                .problems();

        assertThat(problems)
                .containsExactly("SLUICE_LISTENERS_GREETER_TCP_PROT: unknown key."
                        + " Did you mean 'SLUICE_LISTENERS_GREETER_TCP_PORT'?"
                        + " (environment variable SLUICE_LISTENERS_GREETER_TCP_PROT)");
    }

    @Test
    void aWrongValueLeadsToTheVariable() {
        var problems = Configured.by(YAML)
                .withVariables(Map.of("SLUICE_LISTENERS_GREETER_TCP_PORT", "http"))
                .problems();

        assertThat(problems)
                .containsExactly("sluice.listeners.greeter.tcp.port: 'http' is not a whole number"
                        + " (environment variable SLUICE_LISTENERS_GREETER_TCP_PORT)");
    }

    @Test
    void variablesOfAKubernetesServiceCalledSluiceAreNotOurs() {
        var problems = Configured.by(YAML)
                .withVariables(Map.of(
                        "SLUICE_SERVICE_HOST", "10.0.0.1",
                        "SLUICE_PORT", "tcp://10.0.0.1:8888",
                        "SLUICE_PORT_8888_TCP_ADDR", "10.0.0.1",
                        "SLUICE_HOME", "/opt/sluice"))
                .problems();

        assertThat(problems).isEmpty();
    }

    @Test
    void theCommandLineIsNamed() {
        var problems = Configured.by(YAML)
                .withArguments("--sluice.listeners.greeter.tcp.port=70000", "--sluice.listeners.greeter.tcp.backlgo=1")
                .problems();

        assertThat(problems)
                .containsExactlyInAnyOrder(
                        "sluice.listeners.greeter.tcp.port: 70000 is not a port. Give one from 1 to 65535, or 0 for any"
                                + " free one (command line: --sluice.listeners.greeter.tcp.port)",
                        "sluice.listeners.greeter.tcp.backlgo: unknown key. Did you mean 'backlog'?"
                                + " (command line: --sluice.listeners.greeter.tcp.backlgo)");
    }
}
