package dev.sluice.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit in {@code config/systemd} is one that systemd takes, and finds safe. */
final class SystemdUnitTests {

    private static final Path UNIT = Path.of("config", "systemd", "sluice.service");
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    /** Of 100; what systemd says of the unit of a program without any of this is 96. */
    private static final int MOST_EXPOSED = 20;

    @TempDir
    private Path folder;

    @Test
    void systemdTakesIt() throws Exception {
        assertThat(analyze("verify")).isEmpty();
    }

    @Test
    void systemdFindsItSafe() throws Exception {
        analyze("security", "--offline=true", "--no-pager", "--threshold=" + MOST_EXPOSED);
    }

    /** Looks at the unit with a program that is on every machine in place of Java. */
    private String analyze(String... arguments) throws IOException, InterruptedException {
        assumeThat(Files.isExecutable(ANALYZE)).as("systemd is installed").isTrue();
        Path unit = Files.writeString(
                folder.resolve(UNIT.getFileName()),
                Files.readString(UNIT).replace("ExecStart=/usr/bin/java", "ExecStart=/bin/true"));
        List<String> command = new ArrayList<>(List.of(ANALYZE.toString()));
        command.addAll(List.of(arguments));
        command.add(unit.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    @Test
    void itStartsJavaWithOptionsOfTheImage() throws IOException {
        String dockerfile = Files.readString(Path.of("Dockerfile"));
        List<String> options = Stream.of(line("ExecStart=").split(" "))
                .filter(word -> word.startsWith("-XX:") || word.startsWith("--enable"))
                .toList();
        assertThat(options)
                .isNotEmpty()
                .allSatisfy(option -> assertThat(dockerfile).contains("\"" + option + "\""));
        assertThat(Integer.parseInt(line("TimeoutStopSec="))).isGreaterThan(3 * 30);
    }

    private static String line(String key) throws IOException {
        return Files.readAllLines(UNIT).stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .orElseThrow()
                .substring(key.length());
    }
}
