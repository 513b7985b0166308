package dev.sluice.operation;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What rsyslog forwards by {@code omrelp}, to a service that is killed meanwhile; skipped where there is none. */
@ResourceLock(SluiceProcess.PROCESSES)
final class RelpTests {

    private static final String NUMBER = "number ";
    private static final int DIGITS = 7;

    @TempDir
    private Path folder;

    @BeforeEach
    void assumePresent() {
        Rsyslog.assumePresent(Rsyslog.RELP);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void allAreThereThoughTheServiceIsKilled() throws Exception {
        kill(1, 5_000);
    }

    @Test
    @Tag("long")
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    void aMillionAreAllThereThoughTheServiceIsKilledTenTimes() throws Exception {
        kill(10, 1_000_000);
    }

    private void kill(int times, int messages) throws Exception {
        int port = Ports.free();
        String yaml = """
            sluice:
              data-directory: "%1$s/data"
              listeners.logs: { tcp: { address: 127.0.0.1, port: %2$d }, protocol: relp, sinks: [file] }
              sinks.file.file.path: "%1$s/taken.log"
            """.formatted(folder, port);
        String forward =
                "action(type=\"omrelp\" target=\"127.0.0.1\" port=\"" + port + "\" action.resumeRetryCount=\"-1\""
                        + " action.resumeInterval=\"1\" action.resumeIntervalMax=\"1\" queue.type=\"LinkedList\""
                        + " queue.size=\"2000000\" queue.timeoutShutdown=\"20000\")\n";
        int part = messages / (times + 1);
        SluiceProcess sluice = SluiceProcess.start(folder, yaml);
        try (Rsyslog _ = Rsyslog.start(folder, append(0, part), forward)) {
            for (int i = 1; i <= times; i++) {
                SluiceProcess running = sluice;
                long enough = part / 3;
                await().atMost(Duration.ofMinutes(2)).until(() -> running.messages("logs", "accepted") >= enough);
                sluice.close();
                append(i * part, i == times ? messages - i * part : part);
                sluice = SluiceProcess.start(folder, yaml);
            }
            await().atMost(Duration.ofMinutes(10))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(taken(messages).different()).isEqualTo(messages));
        } finally {
            sluice.close();
        }
        System.out.println("omrelp: of " + messages + " messages none is missing though the service was killed " + times
                + " times, " + taken(messages).doubles() + " came twice");
    }

    private Path append(int first, int count) throws IOException {
        Path file = folder.resolve("followed.log");
        try (BufferedWriter lines = Files.newBufferedWriter(file, CREATE, APPEND)) {
            for (int i = first; i < first + count; i++) {
                lines.write("number %07d\n".formatted(i));
            }
        }
        return file;
    }

    /**
     * What the sink has.
     *
     * @param different of the numbers
     * @param doubles messages whose number is there already
     */
    private record Taken(int different, int doubles) {}

    private Taken taken(int messages) throws IOException {
        BitSet numbers = new BitSet(messages);
        int doubles = 0;
        Path file = folder.resolve("taken.log");
        if (Files.exists(file)) {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int at = line.indexOf(NUMBER) + NUMBER.length();
                    if (at >= NUMBER.length() && line.length() >= at + DIGITS) {
                        int number = Integer.parseInt(line, at, at + DIGITS, 10);
                        doubles += numbers.get(number) ? 1 : 0;
                        numbers.set(number);
                    }
                }
            }
        }
        return new Taken(numbers.cardinality(), doubles);
    }
}
