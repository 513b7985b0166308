package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.delivery.Routes;
import dev.sluice.listener.Reload.Request;
import dev.sluice.listener.Reload.Result;
import dev.sluice.listener.Reload.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The configuration is edited at random, over and over, while peers send: no answer is lost, and nothing is left. */
final class RandomReloadsTests {

    private static final int STEADY = 4;
    private static final int SPORADIC = 2;
    private static final long MOST_GROWTH = 24L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    private Path folder;

    private final Random random = new Random(20_261_128);

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void ofFiveHundredReloadsNothingStays() throws Exception {
        reload(500);
    }

    /** What a service has that may grow. */
    private record Level(long threads, long files, Set<String> meters, int beans) {

        static Level of(RunningSluice sluice) {
            String[] open = Objects.requireNonNull(new File("/proc/self/fd").list());
            return new Level(
                    Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            .filter(name -> !name.startsWith("ForkJoinPool") && !name.startsWith("pool-"))
                            .count(),
                    open.length,
                    sluice.bean(MeterRegistry.class).getMeters().stream()
                            .map(meter -> meter.getId().toString())
                            .filter(id -> !id.contains("'jvm.gc."))
                            .collect(Collectors.toCollection(TreeSet::new)),
                    sluice.beans());
        }

        boolean isWithin(Level other) {
            // The JDK has some threads and descriptors of its own that come and go.
            return threads <= other.threads + 3
                    && files <= other.files + 6
                    && other.meters.containsAll(meters)
                    && beans <= other.beans;
        }
    }

    private static long heap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            used = Math.min(
                    used,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }

    private String plain() {
        return """
            sluice:
              data-directory: '%1$s/data'
              sinks:
                one: { file.path: '%1$s/one.log' }
                two: { file.path: '%1$s/two.log' }
              listeners:
                steady: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo, sinks: [one] }
            """.formatted(folder);
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Whatever it says, those who are connected to {@code steady} get their echo. */
    private String edited() {
        StringBuilder yaml = new StringBuilder(plain().stripTrailing().replaceFirst(" }$", ""));
        yaml.append(pick("", ", tcp.no-delay: false", ", tcp.greeting: ''", ", tcp.backlog: 64"))
                .append(pick("", ", limits.max-connections: 500", ", limits.messages-per-second: 100000"))
                .append(pick("", ", framing.max-size: 32KB", ", framing.on-oversize: skip"))
                .append(pick("", ", timeouts.idle: 4m", ", access.deny: [10.0.0.0/8]"))
                .append(pick("", ", delivery.mode: direct", ", delivery.max-spool-size: 100MB"))
                .append(" }\n");
        if (random.nextBoolean()) {
            yaml.append("    sporadic: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo")
                    .append(pick("", ", sinks: [two]", ", sinks: [one, two]", ", sinks: [two], delivery.mode: direct"))
                    .append(pick("", ", framing.type: crlf", ", charset: ISO-8859-1", ", enabled: false"))
                    .append(" }\n");
        }
        if (random.nextBoolean()) {
            yaml.append("    datagrams: { udp: { address: 127.0.0.1, port: 0, receivers: ")
                    .append(1 + random.nextInt(2))
                    .append(" }, reply.type: echo")
                    .append(pick("", ", sinks: [two]"))
                    .append(" }\n");
        }
        return yaml.toString().replace("sinks: [one]", pick("sinks: [one]", "sinks: [one, two]", "sinks: []"));
    }

    private static void apply(RunningSluice sluice, String yaml) {
        sluice.rewrite(yaml);
        Result result = sluice.bean(Reload.class).run(Request.by("test"));
        assertThat(result.problems()).as(yaml).isEmpty();
        assertThat(result.status()).isIn(Status.APPLIED, Status.UNCHANGED);
    }

    private void reload(int times) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong answered = new AtomicLong();
        try (RunningSluice sluice = RunningSluice.withManagement(plain());
                ExecutorService threads = Executors.newCachedThreadPool()) {
            try {
                List<Future<?>> peers = new ArrayList<>();
                for (int i = 0; i < STEADY; i++) {
                    Socket socket = sluice.connect("steady");
                    String name = "peer" + i;
                    peers.add(threads.submit(() -> echo(socket, name, over, answered)));
                }
                for (int i = 0; i < SPORADIC; i++) {
                    peers.add(threads.submit(() -> comeAndGo(sluice, over)));
                }
                // Classes are loaded and pools are filled by a few.
                for (int i = 0; i < times / 5; i++) {
                    apply(sluice, edited());
                }
                apply(sluice, plain());
                awaitGone(sluice.bean(Routes.class));
                Level before = Level.of(sluice);
                long heapBefore = heap();
                for (int i = 0; i < times; i++) {
                    apply(sluice, edited());
                }
                apply(sluice, plain());
                awaitWithin(before, sluice);
                long grown = heap() - heapBefore;
                assertThat(grown).as("bytes that the heap has grown by").isLessThan(MOST_GROWTH);
                over.set(true);
                for (Future<?> peer : peers) {
                    peer.get();
                }
                assertThat(sluice.traffic("steady").received.sum()).isEqualTo(answered.get());
                assertThat(sluice.traffic("steady").accepted.sum()).isEqualTo(answered.get());
            } finally {
                over.set(true);
            }
        }
    }

    /** Waits until what the last reload left behind is delivered and gone. */
    private static void awaitGone(Routes routes) {
        await().atMost(PATIENCE)
                .until(() -> routes.spools().stream()
                        .allMatch(spool -> routes.isInUse(spool)
                                && spool.leftOvers().ledgers().isEmpty()));
    }

    private static void awaitWithin(Level before, RunningSluice sluice) {
        try {
            await().atMost(PATIENCE).until(() -> Level.of(sluice).isWithin(before));
        } catch (ConditionTimeoutException _) {
            assertThat(Level.of(sluice)).as("more than there was before").isEqualTo(before);
        }
    }

    private static Void echo(Socket connected, String name, AtomicBoolean over, AtomicLong answered)
            throws IOException {
        try (Socket socket = connected) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            for (int i = 0; !over.get(); i++) {
                String line = name + "-" + i;
                socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
                assertThat(in.readLine()).isEqualTo(line);
                answered.incrementAndGet();
            }
        }
        return null;
    }

    /** A peer of listeners that may not be there; what becomes of it is not minded. */
    private static Void comeAndGo(RunningSluice sluice, AtomicBoolean over) throws IOException {
        try (DatagramSocket datagrams = new DatagramSocket()) {
            while (!over.get()) {
                try (Socket socket = sluice.connect("sporadic")) {
                    socket.setSoTimeout(200);
                    socket.getOutputStream().write("hello\r\n".getBytes(US_ASCII));
                    int _ = socket.getInputStream().read();
                    sluice.sendDatagram(datagrams, "datagrams", "hello".getBytes(US_ASCII));
                } catch (IOException | java.util.NoSuchElementException ex) {
                    LockSupport.parkNanos(5_000_000);
                }
            }
        }
        return null;
    }
}
