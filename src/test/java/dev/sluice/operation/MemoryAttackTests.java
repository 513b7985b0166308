package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.TestCertificate;
import dev.sluice.operation.Attackers.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Peers that together want more memory than there is: by frames that do not end, by answers that are not read, by
 * handshakes that stay open. Others are served meanwhile as if there were none of these.
 */
@Isolated("uses all of the machine, and measures latencies")
final class MemoryAttackTests {

    /** What a Java process takes besides its heap. */
    private static final long BESIDES_HEAP = 300L << 20;

    /** Where two processors are shared with thousands of attackers, who come again as soon as they are thrown out. */
    private static final Duration P99 = Duration.ofMillis(500);

    private static final Duration MOST = Duration.ofSeconds(2);
    private static final Duration RECOVERY = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    /**
     * How much of everything.
     *
     * @param timed whether latencies count: not where others use the machine at the same time
     */
    private record Scale(
            int heapMegabytes, int unfinished, int slow, int handshakes, int good, Duration phase, boolean timed) {}

    private static final Scale SMALL = new Scale(160, 2000, 300, 200, 20, Duration.ofSeconds(6), false);
    private static final Scale LARGE = new Scale(256, 10_000, 5000, 1000, 100, Duration.ofSeconds(100), true);

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void ofHundredsAreKeptWithinTheLimitWhileOthersAreServed() throws Exception {
        attack(SMALL, List.of());
    }

    @Test
    @Tag("long")
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void ofThousandsAreKeptWithinTheLimitForFiveMinutesWhileOthersAreServed() throws Exception {
        attack(LARGE, List.of());
    }

    @Test
    @Tag("long")
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void ofThousandsAreKeptWithinTheLimitByTheContainersJava() throws Exception {
        attack(LARGE, containersOptions());
    }

    /** Without the cache and the class path, which are the image's. */
    private static List<String> containersOptions() throws IOException {
        String entry = Files.readAllLines(Path.of("Dockerfile")).stream()
                .filter(line -> line.startsWith("ENTRYPOINT"))
                .findFirst()
                .orElseThrow();
        List<String> options = Pattern.compile("\"(-X[^\"]+)\"")
                .matcher(entry)
                .results()
                .map(option -> option.group(1))
                .filter(option -> !option.startsWith("-XX:AOTCache"))
                .toList();
        assertThat(options).contains("-XX:+ExitOnOutOfMemoryError");
        return options;
    }

    private void attack(Scale scale, List<String> options) throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        List<String> all = new ArrayList<>(options);
        all.add("-Xmx" + scale.heapMegabytes() + "m");
        try (SluiceProcess sluice = SluiceProcess.startUsually(
                        folder,
                        """
                        spring.ssl.bundle.jks.edge.keystore: { location: "file:%s", password: %s }
                        sluice:
                          defaults: { limits.max-connections: 20000, tcp: { port: 0, backlog: 1000 } }
                          listeners:
                            echo: { tcp.port: 0, reply.type: echo }
                            large: { tcp.send-buffer: 64KB, reply: { type: text, text: "%s" } }
                            secure: { tcp.tls.bundle: edge, reply.type: echo }
                            safe: { tcp.port: 0, reply: { type: text, text: "OK {sequence}", on-failure: "ERR" }, sinks: [kept] }
                          sinks.kept.file.path: kept.log
                        """.formatted(certificate.store(), TestCertificate.PASSWORD, "{payload}".repeat(10)),
                        all.toArray(String[]::new));
                GoodClients good = new GoodClients()) {
            good.add(sluice.port("echo"), scale.good() / 2, true);
            good.add(sluice.port("safe"), scale.good() / 2, false);
            observe(sluice, scale.phase().dividedBy(3)); // so that what is measured has been compiled
            good.latencies();
            observe(sluice, scale.phase().dividedBy(3));
            System.out.printf("before: %s%n", good.latencies());

            for (Kind kind : Kind.values()) {
                String listener = listener(kind);
                Observed observed;
                try (AutoCloseable _ = Attackers.start(
                        kind,
                        sluice.port(listener),
                        count(kind, scale),
                        scale.phase().dividedBy(3))) {
                    observed = observe(sluice, scale.phase());
                }
                GoodClients.Latencies during = good.latencies();
                long closed = sluice.closed(listener, "memory");
                System.out.printf(
                        "%s: %s; %d were closed for memory, %d MB of %d held at most, %d to %d MB resident%n",
                        kind,
                        during,
                        closed,
                        observed.mostUsed() >> 20,
                        (long) sluice.meter("sluice.memory.limit") >> 20,
                        observed.leastResident() >> 20,
                        observed.mostResident() >> 20);
                assertThat(good.troubles()).isEmpty();
                if (scale.timed()) {
                    assertThat(during.at(0.99)).isLessThan(P99);
                    assertThat(during.at(1)).isLessThan(MOST);
                }
                assertThat(observed.mostUsed()).isLessThanOrEqualTo((long) sluice.meter("sluice.memory.limit"));
                assertThat(observed.mostResident()).isLessThan(((long) scale.heapMegabytes() << 20) + BESIDES_HEAP);
                if (kind != Kind.HANDSHAKE) {
                    assertThat(closed).isPositive();
                }
            }

            await().atMost(RECOVERY)
                    .until(() -> sluice.open("echo") == scale.good() / 2
                            && sluice.open("large") == 0
                            && sluice.open("secure") == 0);
            good.latencies();
            observe(sluice, scale.phase().dividedBy(3));
            System.out.printf(
                    "after: %s; %d KB held%n", good.latencies(), (long) sluice.meter("sluice.memory.used") >> 10);
            assertThat(sluice.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            good.finish();
            assertThat(good.troubles()).isEmpty();
            long answered = sluice.messages("safe", "replied");
            await().atMost(RECOVERY).until(() -> sluice.messages("safe", "delivered") == answered);
            try (var kept = Files.lines(folder.resolve("kept.log"))) {
                assertThat(kept.distinct().count()).isEqualTo(answered);
            }
            assertThat(sluice.log()).doesNotContain("OutOfMemory", " ERROR ");
        }
    }

    private static String listener(Kind kind) {
        return switch (kind) {
            case UNFINISHED -> "echo";
            case SLOW -> "large";
            case HANDSHAKE -> "secure";
        };
    }

    private static int count(Kind kind, Scale scale) {
        return switch (kind) {
            case UNFINISHED -> scale.unfinished();
            case SLOW -> scale.slow();
            case HANDSHAKE -> scale.handshakes();
        };
    }

    private record Observed(long mostUsed, long leastResident, long mostResident) {}

    private static Observed observe(SluiceProcess sluice, Duration length) {
        assertThat(sluice.isAlive()).as(sluice.log()).isTrue();
        long mostUsed = 0;
        long least = Long.MAX_VALUE;
        long most = 0;
        long until = System.nanoTime() + length.toNanos();
        do {
            mostUsed = Math.max(mostUsed, (long) sluice.meter("sluice.memory.used"));
            long resident = sluice.residentBytes();
            least = Math.min(least, resident);
            most = Math.max(most, resident);
            SluiceProcess.pause(200);
        } while (System.nanoTime() < until);
        return new Observed(mostUsed, least, most);
    }
}
