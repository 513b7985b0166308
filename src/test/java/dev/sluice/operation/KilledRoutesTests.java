package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * SIGKILL under load while the messages of one append go to different sinks: each sink has what it was to get of all
 * that was answered, in the order of its connection, and nothing else.
 */
@ResourceLock(SluiceProcess.PROCESSES)
final class KilledRoutesTests {

    private static final int KILLS = 3;
    private static final int CONNECTIONS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern LINE = Pattern.compile(".*\"data\":\"(\\d+)-(\\d+)\"}");

    @TempDir
    private Path folder;

    private final Random random = new Random();

    @Test
    void eachSinkHasWhatItsRulesSendIt() throws Exception {
        List<String> java = SluiceProcess.java(
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", RouteProgram.class.getName(), RouteProgram.RULED);
        Map<Integer, Integer> accepted = new HashMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            try (HeadlessSluice sluice = new HeadlessSluice(folder, "", java);
                    NumberedLoad load = NumberedLoad.start(
                            sluice.awaitPort("in"), kill * CONNECTIONS, CONNECTIONS, Integer.MAX_VALUE)) {
                load.awaitAnswered(1000);
                Thread.sleep(random.nextInt(500));
                sluice.kill();
                accepted.putAll(load.awaitEnd());
                assertThat(sluice.log()).doesNotContain("ERROR");
            }
        }
        try (HeadlessSluice sluice = new HeadlessSluice(folder, "", java)) {
            sluice.awaitPort("in");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
                assertHas("recorded.log", accepted, Set.of(1, 2));
                assertHas("other.log", accepted, Set.of(0, 2));
            });
            assertThat(sluice.log()).doesNotContain("ERROR");
        }
        System.out.printf(
                "%d kills, %d lines answered%n",
                KILLS, accepted.values().stream().mapToLong(Integer::longValue).sum());
    }

    /**
     * @param rests of the numbers of lines that go there, by three
     */
    private void assertHas(String file, Map<Integer, Integer> accepted, Set<Integer> rests) throws IOException {
        Map<Integer, Set<Integer>> lines = new HashMap<>();
        for (String line : Files.readAllLines(folder.resolve(file))) {
            Matcher matcher = LINE.matcher(line);
            // The kill may have cut one off.
            if (matcher.matches()) {
                lines.computeIfAbsent(Integer.parseInt(matcher.group(1)), _ -> new LinkedHashSet<>())
                        .add(Integer.parseInt(matcher.group(2)));
            }
        }
        accepted.forEach((connection, last) -> {
            List<Integer> came = new ArrayList<>(lines.getOrDefault(connection, Set.of()));
            assertThat(came).as("%s of connection %d", file, connection).isSorted();
            assertThat(came)
                    .as("%s of connection %d", file, connection)
                    .isEqualTo(IntStream.rangeClosed(1, Math.max(last, came.isEmpty() ? 0 : came.getLast()))
                            .filter(number -> rests.contains(number % 3))
                            .boxed()
                            .toList());
        });
    }
}
