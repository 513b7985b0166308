package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * SIGKILL at random moments under load, and a start on the same data directory: whatever a peer was told is accepted
 * reaches the sink, in the order of its connection, and little of it twice.
 */
@ResourceLock(SluiceProcess.PROCESSES)
final class KilledServiceTests {

    private static final int CONNECTIONS = 16;
    private static final Duration DRAINED = Duration.ofMinutes(2);
    private static final int MOST_MILLIS = 1200;
    /** Every so many starts are killed before they have come far. */
    private static final int KILL_STARTING = 5;

    @TempDir
    private Path folder;

    private final Random random = new Random();

    @Test
    void aFileHasAllThatWasAccepted() throws Exception {
        try (SinkRecorder recorder = new FileRecorder(folder.resolve("recorded.log"))) {
            kill(3, recorder, 100_000);
        }
    }

    @Test
    @Tag("long")
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    void aFileHasAllThatWasAcceptedAfterAHundredKills() throws Exception {
        try (SinkRecorder recorder = new FileRecorder(folder.resolve("recorded.log"))) {
            kill(100, recorder, 100_000);
        }
    }

    @Test
    void aWebServerHasAllThatWasAccepted() throws Exception {
        try (SinkRecorder recorder = new HttpRecorder()) {
            kill(1, recorder, 300);
        }
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void aWebServerHasAllThatWasAcceptedAfterTwentyKills() throws Exception {
        try (SinkRecorder recorder = new HttpRecorder()) {
            kill(20, recorder, 300);
        }
    }

    @Test
    void aWebServerHasAllThatWasAcceptedInBatches() throws Exception {
        try (SinkRecorder recorder = new HttpBatchRecorder(folder.resolve("stored"))) {
            kill(1, recorder, 20_000);
        }
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void aWebServerHasAllThatWasAcceptedInBatchesAfterTwentyKills() throws Exception {
        try (SinkRecorder recorder = new HttpBatchRecorder(folder.resolve("stored"))) {
            kill(20, recorder, 20_000);
        }
    }

    @Test
    void aKafkaTopicHasAllThatWasAccepted() throws Exception {
        try (SinkRecorder recorder = new KafkaRecorder()) {
            kill(1, recorder, 2000);
        }
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void aKafkaTopicHasAllThatWasAcceptedAfterTwentyKills() throws Exception {
        try (SinkRecorder recorder = new KafkaRecorder()) {
            kill(20, recorder, 2000);
        }
    }

    private static String yaml(SinkRecorder recorder) {
        return """
            sluice.listeners.in:
              tcp: { address: 127.0.0.1, port: 0 }
              reply: { type: text, text: "OK {sequence}", after: accepted }
              sinks: [recorder]
              delivery: { backoff: 100ms }
            """ + recorder.yaml();
    }

    /**
     * @param lines that a connection sends between two kills at the most
     */
    private void kill(int times, SinkRecorder recorder, int lines) throws Exception {
        Map<Integer, Integer> accepted = new HashMap<>();
        long startMillis = 0;
        for (int i = 0; i < times; i++) {
            long begun = System.nanoTime();
            try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml(recorder), HeadlessSluice.java())) {
                if (i % KILL_STARTING == KILL_STARTING - 1) {
                    Thread.sleep(random.nextInt(2 * MOST_MILLIS));
                    sluice.kill();
                    continue;
                }
                int port = sluice.awaitPort("in");
                startMillis = Math.max(
                        startMillis, Duration.ofNanos(System.nanoTime() - begun).toMillis());
                try (NumberedLoad load = NumberedLoad.start(port, i * CONNECTIONS, CONNECTIONS, lines)) {
                    load.awaitAnswered(1);
                    Thread.sleep(random.nextInt(MOST_MILLIS));
                    sluice.kill();
                    accepted.putAll(load.awaitEnd());
                }
                assertSound(sluice);
            }
            recorder.look();
        }
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml(recorder), HeadlessSluice.java())) {
            sluice.awaitPort("in");
            await().atMost(DRAINED)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> recorder.look().missing(accepted), missing -> missing == 0);
            assertSound(sluice);
        }
        Deliveries deliveries = recorder.look();
        System.out.printf(
                "%s: %d kills, %d lines answered, %d came, %d of them again; slowest start %d ms%n",
                recorder.getClass().getSimpleName(),
                times,
                accepted.values().stream().mapToLong(Integer::longValue).sum(),
                deliveries.distinct(),
                deliveries.repeats(),
                startMillis);
        deliveries.assertRight(times);
    }

    /** A kill leaves nothing that looks like a broken disk. */
    private void assertSound(HeadlessSluice sluice) throws IOException {
        assertThat(sluice.log()).doesNotContain(" ERROR ");
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.contains(".damaged") || name.startsWith("mending"));
        }
    }
}
