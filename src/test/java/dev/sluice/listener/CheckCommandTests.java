package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.operation.QuickStart;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What it says about what is wrong are the files in {@code configuration/broken}. */
final class CheckCommandTests {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void aValidConfigurationIsSummedUp() throws IOException {
        Path file = write("some.yml", """
            sluice:
              listeners:
                greeter:
                  tcp: { port: 8888 }
                beacon:
                  udp: { address: 127.0.0.1, port: 8889 }
                later:
                  enabled: false
                  tcp: { address: "::1", port: 0 }
            """);

        assertThat(check(file)).isZero();
        assertThat(out)
                .hasToString(file + ": valid: 3 listeners (greeter tcp 0.0.0.0:8888, beacon udp 127.0.0.1:8889,"
                        + " later tcp [::1]:0 disabled)" + System.lineSeparator());
    }

    @Test
    void noListenersAreValid() throws IOException {
        Path file = write("some.yml", "sluice: {}");

        assertThat(check(file)).isZero();
        assertThat(out.toString()).startsWith(file + ": valid: no listeners");
    }

    @Test
    void beansAreLeftToTheStart() throws IOException {
        Path file = write("some.yml", """
            sluice.listeners.greeter: { tcp: { port: 1 }, reply: { type: bean, bean: orders }, sinks: [desk] }
            sluice.sinks.desk.bean.name: desk
            """);

        assertThat(check(file)).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        file + ": valid: 1 listener (greeter tcp 0.0.0.0:1)",
                        "sluice.listeners.greeter.reply.bean: bean 'orders' is looked up at start",
                        "sluice.sinks.desk.bean.name: bean 'desk' is looked up at start");
    }

    @Test
    void aMessageThatNoConnectionMayHoldIsWarnedOf() throws IOException {
        Path file = write("some.yml", """
            sluice:
              memory.limit: 20MB
              listeners.greeter: { tcp.port: 1, framing.max-size: 6MB, limits.max-connections: 3000 }
            """);

        assertThat(check(file)).isZero();
        assertThat(out.toString())
                .contains(
                        "sluice.listeners.greeter.framing.max-size: a message of 6MB is held 2 times, and one"
                                + " connection may hold 10MB",
                        "sluice.listeners.greeter.limits.max-connections: 'sluice.memory.limit' has room for 2560"
                                + " connections");
    }

    @Test
    void theDefaultsAreNotWarnedOf() throws IOException {
        Path file = write("some.yml", "sluice: { memory.limit: 1MB, listeners.greeter.tcp.port: 1 }");

        assertThat(check(file)).isZero();
        assertThat(out.toString().lines()).containsExactly(file + ": valid: 1 listener (greeter tcp 0.0.0.0:1)");
    }

    @Test
    void aFileMayHaveAnyName() throws IOException {
        Path file = write("my listeners.conf", "sluice.listeners.greeter.tcp.port: 1");

        assertThat(check(file)).isZero();
    }

    @Test
    void aFileWithoutSenseInItsOtherKeysIsValid() throws IOException {
        Path file = write("some.yml", "{ some.other.program.port: nonsense, spring.mvc.format.date: nonsense }");

        assertThat(check(file)).isZero();
    }

    @Test
    void aMistakeInAnImportedFileLeadsThere() throws IOException {
        Path imported = write("more.yml", "sluice.listeners.greeter.tcp.prot: 1");
        Path file = write("some.yml", "spring.config.import: more.yml");

        assertThat(check(file)).isEqualTo(1);
        assertThat(out.toString().lines())
                .containsExactly(
                        file + ": not valid: 1 problem",
                        "sluice.listeners.greeter.tcp.prot: unknown key. Did you mean 'port'? (" + imported + ":1)");
    }

    @Test
    void anImportedFileThatIsNotYamlIsNamed() throws IOException {
        Path imported = write("more.yml", "sluice:\n\tlisteners:");
        Path file = write("some.yml", "spring.config.import: more.yml");

        assertThat(check(file)).isEqualTo(1);
        assertThat(out.toString().lines())
                .containsExactly(file + ": not valid: 1 problem", imported + ":2: there is a tab. Indent with spaces");
    }

    @Test
    void aFileThatIsNotUtf8IsNamed() throws IOException {
        Path file = folder.resolve("some.yml");
        Files.write(file, "greeting: Grüße".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(check(file)).isEqualTo(1);
        assertThat(out.toString()).contains(file + ": is not written in UTF-8");
    }

    @Test
    void aFileThatIsNotThereIsAQuestionOfUsage() {
        Path file = folder.resolve("none.yml");

        assertThat(check(file)).isEqualTo(2);
        assertThat(err).hasToString(file + ": there is no such file" + System.lineSeparator());
    }

    @Test
    void withoutAFileItReadsWhatAStartWould() throws Exception {
        Files.createDirectory(folder.resolve("config"));
        write("config/application.yml", "sluice.listeners.greeter.tcp.port: 8888");

        Process check = new ProcessBuilder(QuickStart.sluice("check"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("config/application.yml: valid: 1 listener (greeter tcp 0.0.0.0:8888)"
                        + System.lineSeparator());
        assertThat(check.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(check.exitValue()).isZero();
    }

    private Path write(String name, String yaml) throws IOException {
        return Files.writeString(folder.resolve(name), yaml);
    }

    private int check(Path file) {
        return new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(file.toString());
    }
}
