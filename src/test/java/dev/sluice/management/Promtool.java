package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus, as a package brings it: it is installed, or {@code .ci/run} has unpacked it. */
final class Promtool {

    private static final Path UNPACKED = Path.of("target", "prometheus").toAbsolutePath();

    private Promtool() {}

    /** Finds one of its programs, or skips the test where there is none. */
    static Path program(String name) {
        List<Path> found = Stream.of(Path.of("/usr/bin"), UNPACKED.resolve("usr/bin"))
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .toList();
        assumeThat(found).as(name + " is installed, or unpacked in " + UNPACKED).isNotEmpty();
        return found.getFirst();
    }

    /** Runs promtool in this folder; the test fails with what it printed if that fails. */
    static void run(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program("promtool").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
    }
}
