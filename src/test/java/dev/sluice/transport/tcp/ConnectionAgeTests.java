package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a connection lasts, and how long a frame may take, whatever its peer does. */
class ConnectionAgeTests {

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              defaults: { tcp.address: 127.0.0.1, reply.type: echo }
              listeners:
                short: { tcp.port: 0, timeouts.session: 1s }
                cut: { tcp.port: 0, timeouts: { session: 300ms, frame: 1s } }
                patient: { tcp.port: 0, timeouts.session: 300ms }
                paused: { tcp.port: 0, timeouts.session: 1s }
                throttled: { tcp.port: 0, timeouts.session: 1s, limits.messages-per-second: 1 }
                line: { tcp.port: 0, timeouts.frame: 1s }
                skipping: { tcp.port: 0, timeouts.frame: 1s, framing: { max-size: 4B, on-oversize: skip } }
                prefixed: { tcp.port: 0, timeouts.frame: 1s, framing: { type: length-prefixed, length-bytes: 4 } }
                whole: { tcp.port: 0, timeouts.frame: 1s, framing.type: until-close }
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void anIdleConnectionEndsAtItsGreatestAge() throws IOException {
        long begun = System.nanoTime();
        try (Socket socket = sluice.connect("short")) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(since(begun)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
        }
        awaitClosed("short", Reason.Closed.SESSION);
    }

    @Test
    void aBusyOneIsAnsweredToItsEnd() throws IOException {
        try (Socket socket = sluice.connect("short")) {
            int answered = 0;
            while (true) {
                String line = "line " + answered + "\n";
                socket.getOutputStream().write(line.getBytes(US_ASCII));
                byte[] answer = socket.getInputStream().readNBytes(line.length());
                if (answer.length == 0) {
                    break;
                }
                assertThat(answer).asString(US_ASCII).isEqualTo(line);
                answered++;
            }
            assertThat(answered).isPositive();
        }
        awaitClosed("short", Reason.Closed.SESSION);
        assertThat(sluice.traffic("short").closed(Reason.Closed.BROKEN).sum()).isZero();
    }

    @Test
    void aFrameInProgressMayEndAndIsAnswered() throws IOException {
        try (Socket socket = sluice.connect("patient")) {
            socket.getOutputStream().write("be".getBytes(US_ASCII));
            socket.setSoTimeout(1_500);
            assertThat(readsNothing(socket)).isTrue();
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("gun\nmore".getBytes(US_ASCII));
            assertThat(socket.getInputStream().readAllBytes())
                    .asString(US_ASCII)
                    .isEqualTo("begun\n");
        }
        awaitClosed("patient", Reason.Closed.SESSION);
    }

    @Test
    void aFrameInProgressHasUntilItsDeadline() throws IOException {
        try (Socket socket = sluice.connect("cut")) {
            socket.getOutputStream().write("be".getBytes(US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        awaitClosed("cut", Reason.Closed.FRAME_TIMEOUT);
    }

    @Test
    void whilePausedNoneIsTooOld() throws IOException {
        try (Socket socket = sluice.connect("paused")) {
            socket.getOutputStream().write("1\n".getBytes(US_ASCII));
            assertThat(socket.getInputStream().readNBytes(2)).hasSize(2);
            sluice.listener("paused").pause();
            socket.setSoTimeout(1_500);
            assertThat(readsNothing(socket)).isTrue();
            sluice.listener("paused").resume();
            socket.setSoTimeout(20_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        awaitClosed("paused", Reason.Closed.SESSION);
    }

    @Test
    void oneThatIsHeldToItsRateIsNotHeldBeyondItsAge() throws IOException {
        try (Socket socket = sluice.connect("throttled")) {
            socket.getOutputStream().write("z\n".repeat(100).getBytes(US_ASCII));
            assertThat(socket.getInputStream().readAllBytes())
                    .asString(US_ASCII)
                    .isEqualTo("z\n".repeat(100));
        }
        awaitClosed("throttled", Reason.Closed.SESSION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"line", "skipping", "prefixed", "whole"})
    void aFrameThatDripsIsCutOffAtItsDeadline(String listener) throws IOException {
        try (Socket socket = sluice.connect(listener)) {
            long begun = System.nanoTime();
            socket.setSoTimeout(100);
            socket.getOutputStream().write("prefixed".equals(listener) ? new byte[] {0, 0, 9, 9} : new byte[] {'x'});
            try {
                while (readsNothing(socket)) {
                    assertThat(since(begun)).isLessThan(Duration.ofSeconds(20));
                    socket.getOutputStream().write('x');
                }
            } catch (SocketException ex) {
                // It was closed between two bytes.
            }
            // A second later at the most, if this machine has nothing else to do.
            assertThat(since(begun)).isBetween(Duration.ofMillis(950), Duration.ofSeconds(4));
        }
        awaitClosed(listener, Reason.Closed.FRAME_TIMEOUT);
    }

    /** Whether nothing came until the read timed out; false at the end of the stream. */
    private static boolean readsNothing(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            return false;
        } catch (SocketTimeoutException ex) {
            return true;
        }
    }

    private static void awaitClosed(String listener, Reason.Closed reason) {
        await().untilAsserted(() ->
                assertThat(sluice.traffic(listener).closed(reason).sum()).isPositive());
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
