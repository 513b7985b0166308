package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed amid commands, again and again: each has one outcome, and what is sent once is sent once. */
final class KilledCommandsTests {

    @TempDir
    private Path directory;

    @Test
    void aKilledProcessLosesNoCommandAndDoublesNone() throws Exception {
        killed(2, 40, 600);
    }

    @Test
    @Tag("long")
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void aProcessThatIsKilledAHundredTimesLosesNoCommandAndDoublesNone() throws Exception {
        killed(100, 3_000, 20_000);
    }

    private void killed(int kills, int devices, int commands) throws Exception {
        Random chance = new Random(kills);
        int each = commands / kills;
        for (int i = 0; i < kills; i++) {
            Process process = start(devices, i * each, each);
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                assertThat(out.readLine()).isEqualTo("submitted");
                boolean _ = process.waitFor(chance.nextInt(300), TimeUnit.MILLISECONDS);
            }
            process.destroyForcibly().waitFor();
        }
        Process last = start(devices, 0, 0);
        String ledger;
        try (BufferedReader out = last.inputReader(StandardCharsets.UTF_8)) {
            ledger = out.readLine();
        }
        assertThat(last.waitFor()).isZero();
        check(ledger);
    }

    private Process start(int devices, int first, int count) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CommandedProcess.class.getName(),
                directory.toString()));
        for (int each : new int[] {devices, first, count}) {
            line.add(Integer.toString(each));
        }
        return new ProcessBuilder(line)
                .redirectError(directory.resolve("errors").toFile())
                .start();
    }

    private void check(String ledger) throws IOException {
        Set<String> submitted = new HashSet<>(lines("submitted"));
        Map<String, String> ended = new HashMap<>();
        for (String line : lines("ended")) {
            String[] parts = line.split(" ");
            String before = ended.put(parts[0], parts[1]);
            assertThat(before).as("An outcome besides %s", line).isNull();
        }
        Map<String, String> handed = new HashMap<>();
        for (String line : lines("handed")) {
            String[] parts = line.split(" ");
            String before = handed.put(parts[0], parts[1]);
            assertThat(before == null ? parts[1] : before)
                    .as("An outcome that is handed over again: %s", line)
                    .isEqualTo(parts[1]);
        }
        assertThat(handed.keySet())
                .as("Whose outcomes were handed over")
                .containsAll(submitted)
                .containsAll(ended.keySet());
        assertThat(handed).containsAllEntriesOf(ended);
        Map<String, Integer> received = new HashMap<>();
        for (String line : lines("received")) {
            received.merge(line.split(" ")[0], 1, Integer::sum);
        }
        assertThat(submitted).isNotEmpty();
        assertThat(received).isNotEmpty();
        received.forEach((id, times) -> assertThat(id.startsWith("once") ? times : 1)
                .as("How often the device has got %s", id)
                .isEqualTo(1));
        int[] counts = java.util.regex.Pattern.compile("\\d+")
                .matcher(ledger)
                .results()
                .mapToInt(found -> Integer.parseInt(found.group()))
                .toArray();
        assertThat(counts[7]).as("What is pending: %s", ledger).isZero();
        assertThat(counts[1] + counts[2] + counts[3] + counts[4] + counts[5] + counts[6])
                .isEqualTo(counts[0]);
        assertThat(counts[0]).isGreaterThanOrEqualTo(submitted.size());
        System.getLogger(getClass().getName())
                .log(
                        System.Logger.Level.INFO,
                        "{0}; {1} submitted, {2} ended, {3} received",
                        ledger,
                        submitted.size(),
                        ended.size(),
                        received.size());
    }

    private List<String> lines(String file) throws IOException {
        return Files.exists(directory.resolve(file)) ? Files.readAllLines(directory.resolve(file)) : List.of();
    }
}
