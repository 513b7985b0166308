package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** SIGTERM while peers are being answered. */
@ResourceLock(SluiceProcess.PROCESSES)
final class ShutdownTests {

    /** What the process needs besides its listeners, on a busy machine. */
    private static final Duration ALLOWANCE = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private SluiceProcess start(String phase, String timeouts) {
        return SluiceProcess.start(folder, """
            spring.lifecycle.timeout-per-shutdown-phase: %s
            sluice.listeners.echo:
              tcp: { address: 127.0.0.1, port: 0 }
              reply.type: echo
              timeouts: { %s }
            """.formatted(phase, timeouts));
    }

    @Test
    void underLoadAnswersWhatItTookAndEndsEveryStream() throws Exception {
        terminateUnderLoad(64);
    }

    @RepeatedTest(10)
    @Tag("long")
    void underLoadAnswersWhatItTookEveryTime() throws Exception {
        terminateUnderLoad(32);
    }

    private void terminateUnderLoad(int connections) throws Exception {
        try (SluiceProcess sluice = start("10s", "idle: 1m");
                EchoLoad load = EchoLoad.start(sluice.port("echo"), connections)) {
            load.awaitAnswersToAll();
            long begun = System.nanoTime();
            sluice.terminate();
            assertThat(sluice.awaitExit(Duration.ofSeconds(10).plus(ALLOWANCE))).isIn(0, 143);
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            load.awaitEnd();
            assertThat(load.endsOfStream()).isEqualTo(connections);
            System.out.printf(
                    "SIGTERM under load: %d connections, %d answers, ended in %d ms%n",
                    connections, load.answers(), took.toMillis());
        }
    }

    @Test
    void onlySigtermEndsAServiceThatHasNoWebServer() throws Exception {
        try (HeadlessSluice sluice = new HeadlessSluice(folder, """
            sluice.listeners.echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
            """, HeadlessSluice.java())) {
            sluice.awaitPort("echo");
            await().atMost(Duration.ofSeconds(20)).until(() -> sluice.log().contains("Started Application"));
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(sluice::isAlive);

            sluice.terminate();
            assertThat(sluice.awaitExit(Duration.ofSeconds(10).plus(ALLOWANCE))).isIn(0, 143);
        }
    }

    @Test
    void aFrameInProgressMayEndAndOneThatDoesNotIsCutAtTheDeadline() throws Exception {
        try (SluiceProcess sluice = start("3s", "idle: 1m");
                Socket ending = sluice.connect("echo");
                Socket never = sluice.connect("echo");
                Socket idle = sluice.connect("echo")) {
            send(ending, "beg");
            send(never, "nev");
            awaitBytesReceived(sluice, 6);
            long begun = System.nanoTime();
            sluice.terminate();
            // That idle connections end shows that the drain has begun.
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            idle.close();
            send(ending, "un\n");
            assertThat(ending.getInputStream().readAllBytes()).asString().isEqualTo("begun\n");
            ending.close();
            assertThat(readToTheEnd(never)).isEmpty();
            Duration cut = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(cut).isBetween(Duration.ofMillis(1500), Duration.ofMillis(3500));
            assertThat(sluice.awaitExit(Duration.ofSeconds(3).plus(ALLOWANCE))).isIn(0, 143);
            System.out.printf(
                    "SIGTERM within a frame: cut after %d ms, ended after %d ms%n",
                    cut.toMillis(), Duration.ofNanos(System.nanoTime() - begun).toMillis());
        }
    }

    @Test
    void timeoutsHoldDuringShutdown() throws Exception {
        try (SluiceProcess sluice = start("20s", "frame: 1s");
                Socket never = sluice.connect("echo")) {
            send(never, "nev");
            awaitBytesReceived(sluice, 3);
            long begun = System.nanoTime();
            sluice.terminate();
            assertThat(readToTheEnd(never)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
            assertThat(sluice.awaitExit(Duration.ofSeconds(10))).isIn(0, 143);
            System.out.printf(
                    "SIGTERM within a frame that times out: ended after %d ms%n",
                    Duration.ofNanos(System.nanoTime() - begun).toMillis());
        }
    }

    private static void send(Socket socket, String text) throws Exception {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void awaitBytesReceived(SluiceProcess sluice, int bytes) {
        await().until(() -> sluice.listener("echo").at("/bytes/received").asInt() == bytes && sluice.open("echo") >= 1);
    }

    /** A connection that is cut may end either way. */
    private static byte[] readToTheEnd(Socket socket) throws Exception {
        try (InputStream in = socket.getInputStream()) {
            return in.readAllBytes();
        } catch (SocketException ex) {
            return new byte[0];
        }
    }
}
