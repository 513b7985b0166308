package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * SIGKILL at the first, second, ... call that writes to the spool's files or forces them to disk, each time on what the
 * kill before has left: whatever it is amid, the next start succeeds and nothing accepted is missing.
 */
@ResourceLock(SluiceProcess.PROCESSES)
final class KilledWriteTests {

    private static final int CONNECTIONS = 4;
    private static final int KILLED = 128 + 9;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @BeforeEach
    void strace() throws Exception {
        Strace.assume();
    }

    @Test
    void fiveCallsOfTheRoute() throws Exception {
        killAt(IntStream.of(2, 5, 9, 14, 30), RouteProgram.class);
    }

    @Test
    @Tag("long")
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    void threeHundredCallsOfTheRoute() throws Exception {
        killAt(IntStream.rangeClosed(1, 300), RouteProgram.class);
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void tenCallsOfTheService() throws Exception {
        killAt(IntStream.of(1, 3, 4, 7, 11, 19, 42, 99, 200, 300), dev.sluice.Application.class);
    }

    private void killAt(IntStream calls, Class<?> program) throws Exception {
        FileRecorder recorder = new FileRecorder(folder.resolve("recorded.log"));
        List<String> java = SluiceProcess.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", program.getName());
        Map<Integer, Integer> accepted = new HashMap<>();
        int kills = 0;
        int starts = 0;
        for (int call : calls.toArray()) {
            List<String> traced = Strace.inject(
                    folder, "pwrite64,write,fsync,fdatasync,ftruncate", "signal=SIGKILL:when=" + call, java);
            try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml(recorder), traced)) {
                int port = sluice.awaitPortOrEnd("in");
                if (port > 0) {
                    starts++;
                    accepted.putAll(load(port, kills * CONNECTIONS));
                }
                assertThat(sluice.awaitExit(PATIENCE)).as(sluice.log()).isEqualTo(KILLED);
                assertThat(sluice.log()).doesNotContain("ERROR");
            }
            kills++;
        }
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml(recorder), java)) {
            sluice.awaitPort("in");
            await().atMost(PATIENCE).until(() -> recorder.look().missing(accepted), missing -> missing == 0);
            assertThat(sluice.log()).doesNotContain("ERROR");
        }
        Deliveries deliveries = recorder.look();
        System.out.printf(
                "%s: %d kills, %d of them behind the start, %d lines answered, %d came, %d of them again%n",
                program.getSimpleName(),
                kills,
                starts,
                accepted.values().stream().mapToLong(Integer::longValue).sum(),
                deliveries.distinct(),
                deliveries.repeats());
        deliveries.assertRight(kills);
    }

    private static Map<Integer, Integer> load(int port, int first) throws InterruptedException {
        try (NumberedLoad load = NumberedLoad.start(port, first, CONNECTIONS, 1_000_000)) {
            return load.awaitEnd();
        } catch (IOException ex) {
            return Map.of(); // killed before a line was sent
        }
    }

    private static String yaml(SinkRecorder recorder) {
        return """
            sluice.listeners.in:
              tcp: { address: 127.0.0.1, port: 0 }
              reply: { type: text, text: "OK {sequence}", after: accepted }
              sinks: [recorder]
            """ + recorder.yaml();
    }
}
