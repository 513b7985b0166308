package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.sink.SocketServer;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Work at 70 % of what the machine has been seen to do, while connections come and go: nothing grows. */
@ResourceLock(SluiceProcess.PROCESSES)
final class SoakTests {

    private static final double SHARE = 0.7;
    private static final int ECHOING = 150;
    private static final int KEEPING = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    /** What the process has at one time: bytes, and numbers of threads of the kernel and of open files. */
    private record Sample(double hours, long heap, long resident, long threads, long files) {}

    @Test
    void nothingGrowsInSeconds() throws Exception {
        soak(Duration.ofSeconds(2), Duration.ofSeconds(6), Duration.ofSeconds(1));
    }

    @Test
    @Tag("long")
    @Timeout(value = 80, unit = TimeUnit.MINUTES)
    void nothingGrowsInAnHour() throws Exception {
        List<Sample> samples = soak(Duration.ofSeconds(30), Duration.ofHours(1), Duration.ofMinutes(1));
        // The first tenth is for caches and compilers.
        List<Sample> later = samples.subList(samples.size() / 10, samples.size());
        assertThat(slope(later, Sample::heap)).as("bytes of heap an hour").isLessThan(4 << 20);
        assertThat(slope(later, Sample::threads)).as("threads an hour").isBetween(-4.0, 4.0);
        assertThat(slope(later, Sample::files)).as("open files an hour").isBetween(-8.0, 8.0);
    }

    private List<Sample> soak(Duration measuring, Duration length, Duration interval) throws Exception {
        try (SocketServer upstream = new SocketServer((in, out) -> in.transferTo(OutputStream.nullOutputStream()));
                SluiceProcess sluice = SluiceProcess.startUsually(folder, yaml(upstream.port()))) {
            List<Sample> samples = new ArrayList<>();
            long filesBefore = sluice.openFiles();
            try (RestlessLoad echoing = new RestlessLoad(sluice.port("echo"), ECHOING);
                    RestlessLoad keeping = new RestlessLoad(sluice.port("keep"), KEEPING)) {
                Thread.sleep(measuring);
                double[] most = rates(measuring, echoing, keeping);
                echoing.pace(SHARE * most[0]);
                keeping.pace(SHARE * most[1]);
                System.out.printf("Soak: at most %.0f lines a second echoed and %.0f kept%n", most[0], most[1]);
                long begun = System.nanoTime();
                while (System.nanoTime() - begun < length.toNanos()) {
                    double[] now = rates(interval, echoing, keeping);
                    Sample sample = sample(sluice, System.nanoTime() - begun);
                    samples.add(sample);
                    System.out.printf(
                            "Soak: %.0f and %.0f lines a second, %d connections so far; %s%n",
                            now[0], now[1], echoing.connections() + keeping.connections(), sample);
                    assertThat(echoing.wrong()).isEmpty();
                    assertThat(keeping.wrong()).isEmpty();
                }
                System.out.printf(
                        "Soak: an hour makes %+.0f KB of heap, %+.0f KB resident, %+.1f threads, %+.1f files%n",
                        slope(samples, Sample::heap) / 1024,
                        slope(samples, Sample::resident) / 1024,
                        slope(samples, Sample::threads),
                        slope(samples, Sample::files));
            }
            for (String listener : List.of("echo", "keep")) {
                await().atMost(PATIENCE).until(() -> sluice.open(listener) == 0);
                assertThat(sluice.messages(listener, "received"))
                        .isEqualTo(sluice.messages(listener, "accepted"))
                        .isPositive();
            }
            await().atMost(PATIENCE).until(() -> sluice.messages("keep", "spooled") == 0);
            assertThat(sluice.messages("keep", "delivered")).isEqualTo(sluice.messages("keep", "accepted"));
            // The spool and the connection to the sink stay open.
            await().atMost(PATIENCE).until(() -> sluice.openFiles() <= filesBefore + 8);
            return samples;
        }
    }

    private static String yaml(int upstream) {
        return """
            sluice:
              defaults:
                limits: { max-connections-per-address: 1000, messages-per-second: 1000000, bytes-per-second: 1GB }
                timeouts: { idle: 1m, frame: 10s, write: 10s, session: 10m }
                access.allow: [127.0.0.0/8]
              listeners:
                echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                keep: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: echo, after: accepted }, sinks: [upstream] }
              sinks:
                upstream.tcp: { host: 127.0.0.1, port: %d, framing.type: line }
            """.formatted(upstream);
    }

    /** Lines a second of each during so long. */
    private static double[] rates(Duration during, RestlessLoad... loads) throws InterruptedException {
        double[] rates = new double[loads.length];
        long begun = System.nanoTime();
        for (int i = 0; i < loads.length; i++) {
            rates[i] = -loads[i].answered();
        }
        Thread.sleep(during);
        double seconds = (System.nanoTime() - begun) / 1e9;
        for (int i = 0; i < loads.length; i++) {
            rates[i] = (rates[i] + loads[i].answered()) / seconds;
        }
        return rates;
    }

    private static Sample sample(SluiceProcess sluice, long nanos) {
        long heap = sluice.liveHeap();
        return new Sample(nanos / 3600e9, heap, sluice.residentBytes(), sluice.platformThreads(), sluice.openFiles());
    }

    /** By least squares: how much more an hour makes. */
    private static double slope(List<Sample> samples, ToLongFunction<Sample> value) {
        double meanHours = samples.stream().mapToDouble(Sample::hours).average().orElseThrow();
        double meanValue = samples.stream().mapToLong(value).average().orElseThrow();
        double covariance = 0;
        double variance = 0;
        for (Sample sample : samples) {
            double hours = sample.hours() - meanHours;
            covariance += hours * (value.applyAsLong(sample) - meanValue);
            variance += hours * hours;
        }
        return covariance / variance;
    }
}
