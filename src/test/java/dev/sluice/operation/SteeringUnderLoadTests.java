package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator does to a listener while peers are being answered. */
@ResourceLock(SluiceProcess.PROCESSES)
final class SteeringUnderLoadTests {

    private static final Duration DRAIN = Duration.ofSeconds(9);
    /** What an answer may take that was on its way when a pause began. */
    private static final Duration GRACE = Duration.ofMillis(500);

    @TempDir
    private static Path folder;

    private static SluiceProcess sluice;
    private static int port;

    @BeforeAll
    static void start() {
        port = Ports.free();
        sluice = SluiceProcess.start(folder, """
            spring.lifecycle.timeout-per-shutdown-phase: 10s
            sluice.listeners.echo:
              tcp: { address: 127.0.0.1, port: %d }
              reply.type: echo
            """.formatted(port));
    }

    @AfterAll
    static void stop() {
        if (sluice != null) {
            sluice.close();
        }
    }

    @Test
    void aPortThatIsTakenAtRunTimeFailsTheStartAndIsHadOnceItIsFree() throws Exception {
        assertThat(sluice.steer("echo", "stop").statusCode()).isEqualTo(200);
        try (ServerSocket holder = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            HttpResponse<String> refused = sluice.steer("echo", "start");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(SluiceProcess.body(refused).get("reason").asString())
                    .isEqualTo("port %d on 127.0.0.1 is in use. Choose another, or stop what holds it", port);
            assertThat(sluice.state("echo")).isEqualTo("FAILED");
            assertThat(sluice.listener("echo").get("failure").asString()).contains("is in use");
            assertThat(sluice.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(sluice.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        }
        assertThat(sluice.steer("echo", "start").statusCode()).isEqualTo(200);
        assertThat(sluice.state("echo")).isEqualTo("RUNNING");
        assertThat(sluice.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        try (EchoLoad load = EchoLoad.start(port, 1)) {
            load.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64})
    void aStopUnderLoadAnswersWhatItTookAndEndsEveryStream(int connections) throws Exception {
        stopUnderLoad(connections);
    }

    @Test
    @Tag("long")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void aHundredStopsUnderLoadAnswerWhatTheyTook() throws Exception {
        for (int i = 0; i < 100; i++) {
            stopUnderLoad(16 + i % 49);
        }
    }

    private static void stopUnderLoad(int connections) throws Exception {
        long repliedBefore = sluice.messages("echo", "replied");
        long stoppedBefore = sluice.closed("echo", "stopped");
        try (EchoLoad load = EchoLoad.start(port, connections)) {
            load.awaitAnswersToAll();
            long begun = System.nanoTime();
            HttpResponse<String> stopped = sluice.steer("echo", "stop");
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(SluiceProcess.body(stopped).get("state").asString()).isEqualTo("STOPPED");
            load.awaitEnd();
            System.out.printf(
                    "stop under load: %d connections, %d answers, stopped in %d ms%n",
                    connections, load.answers(), took.toMillis());
            assertThat(took).isLessThan(DRAIN);
            assertThat(load.endsOfStream()).isEqualTo(connections);
            assertCountersAddUp();
            assertThat(sluice.messages("echo", "replied") - repliedBefore).isEqualTo(load.answers());
            assertThat(sluice.closed("echo", "stopped") - stoppedBefore).isEqualTo(connections);
            assertThat(sluice.open("echo")).isZero();
        } finally {
            sluice.steer("echo", "start");
        }
    }

    private static void assertCountersAddUp() {
        assertThat(sluice.messages("echo", "received"))
                .isEqualTo(sluice.messages("echo", "accepted")
                        + sluice.messages("echo", "failed")
                        + sluice.dropped("echo"));
    }

    @Test
    void aPauseUnderLoadHoldsEverythingAndLosesNothing() throws Exception {
        pauseUnderLoad(Duration.ofSeconds(1));
    }

    @Test
    @Tag("long")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void longPausesUnderLoadHoldEverythingAndLoseNothing() throws Exception {
        for (int i = 0; i < 10; i++) {
            pauseUnderLoad(Duration.ofSeconds(5));
        }
    }

    private static void pauseUnderLoad(Duration length) throws Exception {
        try (EchoLoad load = EchoLoad.start(port, 32)) {
            assertThat(sluice.steer("echo", "pause").statusCode()).isEqualTo(200);
            long paused = System.nanoTime();
            assertThat(sluice.state("echo")).isEqualTo("PAUSED");
            load.add(16);
            // What was on its way comes; then nothing for as long as the pause.
            await().atMost(length.plusSeconds(10)).until(() -> load.quiet().compareTo(length) > 0);
            assertThat(Duration.ofNanos(load.lastAnswer() - paused)).isLessThan(GRACE);
            load.assertRight();
            long before = load.answers();
            assertThat(sluice.messages("echo", "replied")).isEqualTo(sluice.messages("echo", "accepted"));
            assertThat(load.answers()).isEqualTo(before);
            assertThat(sluice.steer("echo", "resume").statusCode()).isEqualTo(200);
            load.awaitAnswersToAll();
            load.finish();
            assertThat(load.endsOfStream()).isEqualTo(48);
            System.out.printf(
                    "pause of %d s under load: %d answers before, %d in all%n",
                    length.toSeconds(), before, load.answers());
        }
        assertCountersAddUp();
    }
}
