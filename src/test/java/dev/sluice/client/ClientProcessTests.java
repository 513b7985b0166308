package dev.sluice.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as an operator starts it, in a locale that knows only ASCII. */
final class ClientProcessTests {

    @TempDir
    private Path directory;

    private record Run(int code, String out, String err, String classes) {}

    private Run run(String... args) throws Exception {
        Path classes = directory.resolve("classes");
        Path err = directory.resolve("err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xlog:class+load:file=" + classes,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.Application"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("JAVA_TOOL"));
        builder.environment().put("LANG", "C");
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Run(process.waitFor(), out, read(err), read(classes));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, UTF_8);
    }

    @Test
    void speaksUtf8InAnyLocaleAndStartsWithoutSpring() throws Exception {
        try (TestServer server = TestServer.greeting()) {
            Run run = run("client", "localhost", server.port(), "--greeting", "世界");

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo(TestServer.GREETING + "\n世界\n");
            assertThat(run.code()).isZero();
            assertThat(run.classes()).doesNotContain("org.springframework.boot.SpringApplication ", "ch.qos.logback");
        }
    }

    @Test
    void exitsWithTheCodeOfWhatWentWrong() throws Exception {
        Run refused = run("client", "127.0.0.1", Integer.toString(Ports.free()), "hello");
        Run usage = run("client", "127.0.0.1");

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).startsWith("Connection refused: ").hasLineCount(1);
        assertThat(usage.code()).isEqualTo(2);
        assertThat(usage.err()).startsWith("Missing required parameter: 'PORT'").hasLineCount(1);
    }

    @Test
    void aWordThatIsNoCommandNeverStartsTheService() throws Exception {
        assertUsage(run("chek"), "There is no command 'chek'. Did you mean 'check'?");
        assertUsage(run("--server.port=0", "check"), "'check' stands behind options of the service");
        assertUsage(run("-h"), "There is no command '-h'. Did you mean '--help'?");
    }

    private static void assertUsage(Run run, String problem) {
        assertThat(run.err()).startsWith(problem).hasLineCount(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.classes()).doesNotContain("org.springframework.boot.SpringApplication ");
    }

    @Test
    void tellsItsVersionAndItsCommands() throws Exception {
        assertThat(run("--version").out()).startsWith("sluice ");
        assertThat(run("--help").out()).contains("client");
    }
}
