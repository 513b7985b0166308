package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that send more than they may: they are slowed down, and nothing else happens to them. */
class ConnectionThrottleTests {

    @TempDir
    private static Path folder;

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              data-directory: %s
              defaults: { tcp.address: 127.0.0.1, reply.type: echo }
              listeners:
                ten: { tcp.port: 0, limits.messages-per-second: 10 }
                kept: { tcp.port: 0, limits.messages-per-second: 10, sinks: [log] }
                one: { tcp.port: 0, limits.messages-per-second: 1, timeouts: { idle: 600ms, frame: 600ms } }
                bytes: { tcp.port: 0, limits.bytes-per-second: 10KB, timeouts.frame: 400ms }
                both: { tcp.port: 0, limits: { messages-per-second: 100000, bytes-per-second: 10MB } }
                stopped: { tcp.port: 0, limits.messages-per-second: 1 }
                closed: { tcp.port: 0, limits.messages-per-second: 1, timeouts.idle: 0 }
                counted: { tcp.port: 0, limits.messages-per-second: 1 }
                paused: { tcp.port: 0, limits.messages-per-second: 5 }
                rate-1: { tcp.port: 0, limits.messages-per-second: 1, reply.type: none }
                rate-100: { tcp.port: 0, limits.messages-per-second: 100, reply.type: none }
                rate-10000: { tcp.port: 0, limits.messages-per-second: 10000, reply.type: none }
              sinks.log.log:
            """.formatted(folder));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ten", "kept"})
    void aSecondsWorthIsAnsweredAtOnceAndTheRestAtTheRate(String listener) throws IOException {
        try (Socket socket = sluice.connect(listener)) {
            long begun = System.nanoTime();
            socket.getOutputStream().write("x\n".repeat(30).getBytes(US_ASCII));
            assertThat(socket.getInputStream().readNBytes(20))
                    .asString(US_ASCII)
                    .isEqualTo("x\n".repeat(10));
            assertThat(sluice.traffic(listener).accepted.sum()).isLessThan(30);
            assertThat(socket.getInputStream().readNBytes(40))
                    .asString(US_ASCII)
                    .isEqualTo("x\n".repeat(20));
            assertThat(since(begun)).isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(10));
        }
    }

    @Test
    void itIsNotTakenForIdleOrSlowWhileItIsHeld() throws IOException {
        try (Socket socket = sluice.connect("one")) {
            long begun = System.nanoTime();
            socket.getOutputStream().write("1\n2\n3\n".getBytes(US_ASCII));
            // The last it waits for in vain, and is idle then.
            assertThat(socket.getInputStream().readAllBytes())
                    .asString(US_ASCII)
                    .isEqualTo("1\n2\n3\n");
            assertThat(since(begun)).isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(10));
        }
        await().untilAsserted(() -> assertThat(
                        sluice.traffic("one").closed(Reason.Closed.IDLE).sum())
                .isPositive());
    }

    @Test
    void whatWasReadAndHadNotItsTurnIsCountedWhenItIsClosed() throws IOException {
        try (Socket socket = sluice.connect("counted")) {
            socket.getOutputStream().write("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\nbegun".getBytes(US_ASCII));
            socket.getInputStream().readNBytes(4);
            sluice.listener("counted").transport().connections().forEach(each -> each.close(Reason.Closed.OPERATOR));
            await().untilAsserted(() -> assertThat(
                            sluice.listener("counted").transport().connections())
                    .isEmpty());
        }
        Traffic traffic = sluice.traffic("counted");
        assertThat(traffic.received.sum()).isEqualTo(11);
        assertThat(traffic.dropped(Reason.Dropped.INCOMPLETE).sum()).isEqualTo(1);
        assertThat(traffic.accepted.sum()
                        + traffic.dropped(Reason.Dropped.CLOSED).sum())
                .isEqualTo(10);
    }

    @Test
    void bytesAreHeldToTheirRateWithinAFrameToo() throws IOException {
        byte[] line = ("y".repeat(30_000) + "\n").getBytes(US_ASCII);
        try (Socket socket = sluice.connect("bytes")) {
            long begun = System.nanoTime();
            socket.getOutputStream().write(line);
            assertThat(socket.getInputStream().readNBytes(line.length)).isEqualTo(line);
            assertThat(since(begun)).isBetween(Duration.ofMillis(1_800), Duration.ofSeconds(10));
        }
        assertThat(sluice.traffic("bytes").closed(Reason.Closed.FRAME_TIMEOUT).sum())
                .isZero();
    }

    @Test
    void whoeverKeepsToTheRateIsServedAsElsewhere() throws IOException {
        String lines = "a line\n".repeat(20_000);
        assertThat(sluice.converse("both", lines)).isEqualTo(lines);
    }

    @Test
    void aStopDoesNotWaitForItAndAnswersWhatHasBeenRead() throws IOException {
        try (Socket socket = sluice.connect("stopped")) {
            socket.getOutputStream().write("z\n".repeat(100).getBytes(US_ASCII));
            assertThat(socket.getInputStream().readNBytes(2)).hasSize(2);
            long begun = System.nanoTime();
            sluice.listener("stopped").stop();
            assertThat(since(begun)).isLessThan(Duration.ofSeconds(10));
            assertThat(socket.getInputStream().readAllBytes())
                    .asString(US_ASCII)
                    .isEqualTo("z\n".repeat(99));
        }
        Traffic traffic = sluice.traffic("stopped");
        assertThat(traffic.accepted.sum()).isEqualTo(100);
        assertThat(traffic.closed(Reason.Closed.STOPPED).sum()).isEqualTo(1);
    }

    @Test
    void anOperatorCanCloseIt() throws IOException {
        try (Socket socket = sluice.connect("closed")) {
            socket.getOutputStream().write("z\n".repeat(100).getBytes(US_ASCII));
            assertThat(socket.getInputStream().readNBytes(2)).hasSize(2);
            var connections = sluice.listener("closed").transport().connections();
            for (Connection connection : connections) {
                connection.close(Reason.Closed.OPERATOR);
            }
            await().until(connections::isEmpty);
        }
        assertThat(sluice.traffic("closed").closed(Reason.Closed.OPERATOR).sum())
                .isEqualTo(1);
        assertThat(sluice.traffic("closed").accepted.sum()).isLessThan(100);
    }

    @Test
    void nothingIsHandedOnWhileTheListenerIsPaused() throws IOException {
        try (Socket socket = sluice.connect("paused")) {
            socket.getOutputStream().write("z\n".repeat(15).getBytes(US_ASCII));
            assertThat(socket.getInputStream().readNBytes(10)).hasSize(10);
            sluice.listener("paused").pause();
            // One may have been on its way.
            socket.setSoTimeout(1_000);
            assertThatThrownBy(() -> socket.getInputStream().readNBytes(20)).isInstanceOf(SocketTimeoutException.class);
            assertThat(sluice.traffic("paused").accepted.sum()).isLessThan(10);
            sluice.listener("paused").resume();
            await().untilAsserted(() ->
                    assertThat(sluice.traffic("paused").accepted.sum()).isEqualTo(15));
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {1, 100, 10_000})
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void theRateHoldsWithinFivePercentOverHalfAMinute(int rate) throws Exception {
        String listener = "rate-" + rate;
        byte[] lines = "a line of some thirty characters\n".repeat(1_000).getBytes(US_ASCII);
        try (Socket socket = sluice.connect(listener)) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        socket.getOutputStream().write(lines);
                    }
                } catch (IOException ex) {
                    // The test is over.
                }
            });
            Traffic traffic = sluice.traffic(listener);
            await().pollInterval(Duration.ofMillis(1)).until(() -> traffic.accepted.sum() > 0);
            await().pollDelay(Duration.ofSeconds(30))
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> true);
            double share = traffic.accepted.sum() / 30.0 / rate;
            System.out.printf("limit of %d messages a second: %.3f of it over 30 s%n", rate, share);
            assertThat(share).isBetween(0.95, 1.05);
            socket.close();
            sender.join();
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
