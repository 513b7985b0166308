package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.sink.http.DiskServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * SIGKILL to a web server that is sent batches, at random moments: it has on its disk all that was accepted, in the
 * order of each connection. Now and then the service is killed with it.
 */
@ResourceLock(SluiceProcess.PROCESSES)
final class KilledWebServerTests {

    private static final int CONNECTIONS = 16;
    private static final int LINES = 20_000;
    private static final int MOST_MILLIS = 1200;
    private static final int KILL_BOTH = 5;
    private static final Duration DRAINED = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final Random random = new Random();
    private final int port = Ports.free();

    @Test
    void itHasAllThatWasAccepted() throws Exception {
        kill(1);
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void itHasAllThatWasAcceptedAfterThirtyKills() throws Exception {
        kill(30);
    }

    private void kill(int times) throws Exception {
        FileRecorder recorder = new FileRecorder(folder.resolve("stored"));
        Map<Integer, Integer> accepted = new HashMap<>();
        HeadlessSluice sluice = sluice();
        try {
            for (int i = 0; i < times; i++) {
                Process server = server();
                try (NumberedLoad load =
                        NumberedLoad.start(sluice.awaitPort("in"), i * CONNECTIONS, CONNECTIONS, LINES)) {
                    load.awaitAnswered(1);
                    await().atMost(DRAINED).until(() -> recorder.look().distinct() > 0);
                    Thread.sleep(random.nextInt(MOST_MILLIS));
                    server.destroyForcibly().waitFor();
                    if (i % KILL_BOTH == KILL_BOTH - 1) {
                        sluice.kill();
                        accepted.putAll(load.awaitEnd());
                        sluice = sluice();
                    } else {
                        load.close();
                        accepted.putAll(load.awaitEnd());
                    }
                }
            }
            Process server = server();
            try {
                await().atMost(DRAINED)
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> recorder.look().missing(accepted), missing -> missing == 0);
            } finally {
                server.destroyForcibly().waitFor();
            }
            assertThat(sluice.log()).doesNotContain(" ERROR ");
        } finally {
            sluice.close();
        }
        Deliveries deliveries = recorder.look();
        System.out.printf(
                "Web server: %d kills, %d lines answered, %d came, %d of them again%n",
                times,
                accepted.values().stream().mapToLong(Integer::longValue).sum(),
                deliveries.distinct(),
                deliveries.repeats());
        deliveries.assertRight(2 * times);
    }

    private HeadlessSluice sluice() throws IOException {
        return new HeadlessSluice(folder, """
            sluice.listeners.in:
              tcp: { address: 127.0.0.1, port: 0 }
              reply: { type: text, text: "OK {sequence}", after: accepted }
              sinks: [recorder]
              delivery: { backoff: 100ms, max-backoff: 500ms }
            """ + HttpBatchRecorder.yaml(port), HeadlessSluice.java());
    }

    private Process server() throws IOException {
        File log = folder.resolve("server.log").toFile();
        Process server = new ProcessBuilder(SluiceProcess.java(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        DiskServer.class.getName(),
                        folder.resolve("stored").toString(),
                        Integer.toString(port)))
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        await().atMost(DRAINED).until(() -> Files.readString(log.toPath()).contains("port " + port));
        return server;
    }
}
