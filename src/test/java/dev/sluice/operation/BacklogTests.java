package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.delivery.spool.DirectoryLock;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.recovery.SpoolRecovery;
import dev.sluice.message.Envelope;
import dev.sluice.sink.SampleMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A start on a spool in which much waits for a sink that is away. */
@ResourceLock(SluiceProcess.PROCESSES)
final class BacklogTests {

    private static final int BATCH = 64;
    private static final int UNDER_WAY = 64;

    @TempDir
    private Path folder;

    @Test
    void aBacklogIsTakenOver() throws Exception {
        start(100_000);
    }

    @Test
    @Tag("long")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void fiveMillionMessagesNeedLittleHeap() throws Exception {
        assertThat(start(5_000_000)).isLessThan(200L << 20);
    }

    /** Answers the live heap once a message has been accepted. */
    private long start(int messages) throws Exception {
        fill(messages);
        long begun = System.nanoTime();
        // It overrides what the command line says.
        try (SluiceProcess sluice = SluiceProcess.start(folder, yaml(), List.of("env", "_JAVA_OPTIONS=-Xmx512m"));
                NumberedLoad load = NumberedLoad.start(sluice.port("in"), 0, 1, 1)) {
            load.awaitAllAnswered();
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            long heap = sluice.liveHeap();
            System.out.printf(
                    "Backlog of %d: first message accepted after %d ms; live heap %d MB%n",
                    messages, took.toMillis(), heap >> 20);
            assertThat(sluice.messages("in", "spooled")).isGreaterThanOrEqualTo(messages);
            return heap;
        }
    }

    private static String yaml() {
        return """
            sluice.listeners.in:
              tcp: { address: 127.0.0.1, port: 0 }
              reply: { type: text, text: "OK {sequence}", after: accepted }
              sinks: [upstream]
              delivery.max-spool-size: 20GB
            sluice.sinks.upstream.tcp: { host: 127.0.0.1, port: %d, framing: { type: line } }
            """.formatted(Ports.free());
    }

    private void fill(int messages) throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        try (DirectoryLock lock = DirectoryLock.take(data);
                Spool spool = SpoolRecovery.open(lock, "in", Set.of("upstream"), 20L << 30)) {
            byte[] payload = "x".repeat(64).getBytes(US_ASCII);
            Deque<CompletableFuture<Long>> appends = new ArrayDeque<>();
            for (int i = 0; i < messages; i += BATCH) {
                List<Envelope> batch = new ArrayList<>();
                for (int j = 1; j <= Math.min(BATCH, messages - i); j++) {
                    batch.add(SampleMessage.of("backlog", i + j, payload));
                }
                appends.add(spool.append(batch, true));
                if (appends.size() > UNDER_WAY) {
                    appends.remove().join();
                }
            }
            appends.forEach(CompletableFuture::join);
        }
        await().until(() -> Files.size(data.resolve("in.spool")) > 64L * messages);
    }
}
