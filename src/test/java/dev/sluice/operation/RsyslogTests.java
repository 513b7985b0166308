package dev.sluice.operation;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What rsyslog itself forwards by {@code omfwd}; skipped where there is no rsyslog. */
@ResourceLock(SluiceProcess.PROCESSES)
final class RsyslogTests {

    private static final String CONFIGURATION = """
        sluice:
          data-directory: "%1$s/data"
          listeners:
            syslog: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: octet-counted, sinks: [file] }
          sinks:
            file: { file: { path: "%1$s/taken.log" } }
        """;
    private static final String FORWARD =
            "action(type=\"omfwd\" target=\"127.0.0.1\" port=\"%d\" protocol=\"tcp\" action.resumeRetryCount=\"-1\""
                    + " %s)\n";
    /** So large that it is never full: what does not go in when rsyslog is ended is lost. */
    private static final String SAVED_QUEUE =
            "tcp_framing=\"octet-counted\" queue.type=\"Disk\" queue.filename=\"waiting\" queue.saveOnShutdown=\"on\""
                    + " queue.size=\"10000000\" queue.timeoutActionCompletion=\"20000\"";

    @TempDir
    private Path folder;

    @BeforeEach
    void assumePresent() {
        Rsyslog.assumePresent();
    }

    /** The one of RFC 5424 counts a line feed in, which is the message's own then. */
    @Test
    void itsTemplatesBringNoEmptyMessageInEitherFraming() throws Exception {
        String forwards = Stream.of("octet-counted", "traditional")
                .flatMap(framing -> Stream.of(
                                "RSYSLOG_TraditionalForwardFormat",
                                "RSYSLOG_ForwardFormat",
                                "RSYSLOG_SyslogProtocol23Format",
                                "RSYSLOG_FileFormat")
                        .map(template -> "tcp_framing=\"" + framing + "\" template=\"" + template + "\""))
                .collect(Collectors.joining("\n"));
        try (RunningSluice sluice = RunningSluice.with(CONFIGURATION.formatted(folder))) {
            String actions = forwards.lines()
                    .map(each -> FORWARD.formatted(sluice.port("syslog"), each))
                    .collect(Collectors.joining());
            try (Rsyslog _ = Rsyslog.start(folder, append(0, 500), actions)) {
                await().untilAsserted(() ->
                        assertThat(sluice.traffic("syslog").accepted.sum()).isEqualTo(8 * 500));
            }
            assertThat(sluice.traffic("syslog").received.sum()).isEqualTo(8 * 500);
        }
        assertThat(taken(500)).isEqualTo(new Taken(500, 7 * 500));
    }

    @Test
    void twentyThousandAreAllThereThoughItIsRestarted() throws Exception {
        restart(2, 20_000);
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void aMillionAreAllThereThoughItIsRestartedTenTimes() throws Exception {
        restart(10, 1_000_000);
    }

    /** It looks whether its peer has ended before it sends, and keeps the rest. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void noneIsMissingThoughTheListenerStopsAndItsConnectionsAreEndedByAge() throws Exception {
        int messages = 40_000;
        String aged = CONFIGURATION.replace("sinks: [file]", "sinks: [file], timeouts.session: 300ms");
        try (RunningSluice sluice = RunningSluice.with(
                aged.replace("port: 0", "port: " + Ports.free()).formatted(folder))) {
            Traffic traffic = sluice.traffic("syslog");
            String forward = FORWARD.formatted(sluice.port("syslog"), SAVED_QUEUE + " action.resumeInterval=\"1\"");
            try (Rsyslog _ = Rsyslog.start(folder, append(0, messages / 4), forward)) {
                for (int i = 1; i < 4; i++) {
                    long enough = (i - 1) * messages / 4 + 1000;
                    awaitAsserted(() -> assertThat(traffic.accepted.sum()).isGreaterThanOrEqualTo(enough));
                    sluice.listener("syslog").stop();
                    sluice.listener("syslog").start();
                    append(i * messages / 4, messages / 4);
                }
                awaitAsserted(() -> assertThat(taken(messages).different()).isEqualTo(messages));
                awaitAsserted(() ->
                        assertThat(traffic.closed(Reason.Closed.SESSION).sum()).isPositive());
            }
            assertThat(traffic.dropped(Reason.Dropped.INCOMPLETE).sum()).isZero();
        }
    }

    /** While it sends, so that the rest waits in its queue. */
    private void restart(int times, int messages) throws Exception {
        try (RunningSluice sluice = RunningSluice.with(CONFIGURATION.formatted(folder))) {
            Traffic traffic = sluice.traffic("syslog");
            String forward = FORWARD.formatted(sluice.port("syslog"), SAVED_QUEUE);
            int part = messages / times;
            for (int i = 0; i < times; i++) {
                Path followed = append(i * part, part);
                long enough = traffic.accepted.sum() + part / 3;
                try (Rsyslog _ = Rsyslog.start(folder, followed, forward)) {
                    awaitAsserted(() -> assertThat(traffic.accepted.sum()).isGreaterThanOrEqualTo(enough));
                }
            }
            try (Rsyslog _ = Rsyslog.start(folder, append(times * part, 0), forward)) {
                awaitAsserted(() -> assertThat(taken(messages).different()).isEqualTo(messages));
            }
            assertThat(traffic.dropped(Reason.Dropped.INCOMPLETE).sum()).isZero();
            Taken taken = taken(messages);
            assertThat(taken.different() + taken.doubles())
                    .isEqualTo(traffic.received.sum())
                    .isEqualTo(traffic.accepted.sum());
            System.out.println("rsyslog restarted " + times + " times: of " + messages + " messages none is missing, "
                    + taken.doubles() + " it has sent twice");
        }
    }

    private static void awaitAsserted(ThrowingRunnable assertion) {
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(assertion);
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
                    int at = line.indexOf("number ");
                    if (at >= 0 && line.length() >= at + 14) {
                        int number = Integer.parseInt(line, at + 7, at + 14, 10);
                        doubles += numbers.get(number) ? 1 : 0;
                        numbers.set(number);
                    }
                }
            }
        }
        return new Taken(numbers.cardinality(), doubles);
    }
}
