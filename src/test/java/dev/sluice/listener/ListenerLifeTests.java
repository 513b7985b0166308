package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;

class ListenerLifeTests {

    private RunningSluice sluice;
    private Listener listener;

    @BeforeEach
    void start() {
        sluice = RunningSluice.with("""
            spring.lifecycle.timeout-per-shutdown-phase: 10s
            sluice:
              listeners:
                echo: { tcp: { address: 127.0.0.1, port: %d }, reply.type: echo, timeouts: { idle: 1s } }
                spare: { enabled: false, tcp: { address: 127.0.0.1, port: 0 } }
            """.formatted(Ports.free()));
        listener = sluice.listener("echo");
    }

    @AfterEach
    void stop() {
        sluice.close();
    }

    @Test
    void isThereButStoppedIfNotEnabled() throws IOException {
        assertThat(sluice.listener("spare").state()).isEqualTo(ListenerState.STOPPED);
        sluice.listener("spare").start();
        assertThat(sluice.converse("spare", "x\n")).isEmpty();
    }

    @Test
    void refusesConnectionsOnceStoppedAndTakesThemAgainOnceStarted() throws IOException {
        for (int i = 0; i < 20; i++) {
            assertThat(sluice.converse("echo", "hello\n")).isEqualTo("hello\n");
            int port = sluice.port("echo");
            listener.stop();
            assertThat(listener.state()).isEqualTo(ListenerState.STOPPED);
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(ConnectException.class);
            listener.start();
        }
    }

    @Test
    void isFailedWithTheReasonWhileItsPortIsTakenAndRecoversAfterwards() throws IOException {
        try (ServerSocket holder = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress());
                RunningSluice other = RunningSluice.with("""
                    sluice.listeners.wants: { enabled: false, tcp: { address: 127.0.0.1, port: %d }, reply.type: echo }
                    """.formatted(holder.getLocalPort()))) {
            Listener wants = other.listener("wants");
            assertThatThrownBy(wants::start)
                    .isInstanceOf(ListenerException.class)
                    .hasMessage(
                            "Listener 'wants': port %d on 127.0.0.1 is in use. Choose another, or stop what holds it",
                            holder.getLocalPort());
            assertThat(wants.state()).isEqualTo(ListenerState.FAILED);
            assertThat(wants.failure())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("is in use"));
            holder.close();
            wants.start();
            assertThat(wants.failure()).isEmpty();
            assertThat(other.converse("wants", "hello\n")).isEqualTo("hello\n");
        }
    }

    @Test
    void aPortInUseAtProgramStartEndsTheProgramNamingEveryListener() throws IOException {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> RunningSluice.with("""
                sluice.listeners:
                  one: { tcp: { address: 127.0.0.1, port: %1$d } }
                  fine: { tcp: { address: 127.0.0.1, port: 0 } }
                  two: { tcp: { address: 192.0.2.1, port: 0 } }
                """.formatted(holder.getLocalPort())))
                    .hasRootCauseInstanceOf(ListenersFailedException.class)
                    .hasStackTraceContaining("Listener 'one': port")
                    .hasStackTraceContaining("Listener 'two': address 192.0.2.1 is not of this machine");
        }
    }

    @Test
    void whilePausedNeitherAcceptsNorAnswersAndForgetsNothing() throws IOException {
        try (Socket before = sluice.connect("echo")) {
            before.getOutputStream().write("1\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(before.getInputStream().readNBytes(2)).asString().isEqualTo("1\n");
            listener.pause();
            assertThat(listener.state()).isEqualTo(ListenerState.PAUSED);
            before.getOutputStream().write("2\n3\n".getBytes(StandardCharsets.US_ASCII));
            try (Socket during = sluice.connect("echo")) {
                during.getOutputStream().write("4\n".getBytes(StandardCharsets.US_ASCII));
                // Longer than the idle timeout, which must not count while nobody reads.
                before.setSoTimeout(1500);
                assertThatThrownBy(() -> before.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                assertThat(listener.transport().traffic().accepted.sum()).isEqualTo(1);
                listener.resume();
                before.setSoTimeout(10_000);
                assertThat(before.getInputStream().readNBytes(4)).asString().isEqualTo("2\n3\n");
                assertThat(during.getInputStream().readNBytes(2)).asString().isEqualTo("4\n");
            }
        }
    }

    @Test
    void aStopEndsAndAnswersTheFrameInProgress() throws IOException {
        try (Socket idle = sluice.connect("echo");
                Socket busy = sluice.connect("echo")) {
            busy.getOutputStream().write("1\nbeg".getBytes(StandardCharsets.US_ASCII));
            assertThat(busy.getInputStream().readNBytes(2)).hasSize(2);
            await().until(() -> listener.transport().connections().size() == 2);
            CompletableFuture<Void> stop = CompletableFuture.runAsync(listener::stop);
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            assertThat(listener.state()).isEqualTo(ListenerState.DRAINING);
            busy.getOutputStream().write("un\nmore\nstill".getBytes(StandardCharsets.US_ASCII));
            assertThat(busy.getInputStream().readAllBytes())
                    .asString()
                    .startsWith("begun\n")
                    .doesNotContain("still");
            busy.close();
            stop.join();
            assertThat(listener.state()).isEqualTo(ListenerState.STOPPED);
            assertThat(listener.transport()
                            .traffic()
                            .closed(Reason.Closed.STOPPED)
                            .sum())
                    .isEqualTo(2);
        }
    }

    @Test
    void aStopThatIsInterruptedCutsOffWhatIsInProgressAndStopsAllTheSame() throws Exception {
        try (Socket busy = sluice.connect("echo")) {
            busy.getOutputStream().write("1\nbeg".getBytes(StandardCharsets.US_ASCII));
            assertThat(busy.getInputStream().readNBytes(2)).hasSize(2);
            Thread stop = Thread.ofVirtual().start(listener::stop);
            await().until(() -> listener.state() == ListenerState.DRAINING);
            stop.interrupt();
            assertThat(busy.getInputStream().read()).isEqualTo(-1);
            stop.join();
        }
        assertThat(listener.state()).isEqualTo(ListenerState.STOPPED);
        await().untilAsserted(() -> assertThat(listener.transport()
                        .traffic()
                        .closed(Reason.Closed.STOPPED)
                        .sum())
                .isEqualTo(1));
    }

    @Test
    void isFailedAndHoldsNothingIfWhateverElseKeepsItFromStarting() throws Exception {
        Listener spare = sluice.listener("spare");
        ((AutoCloseable) sluice.bean(TaskScheduler.class)).close();
        assertThatThrownBy(spare::start).isInstanceOf(ListenerException.class);
        assertThat(spare.state()).isEqualTo(ListenerState.FAILED);
        assertThat(spare.failure()).isPresent();
        assertThat(spare.transport().localAddress()).isEmpty();
        spare.stop();
        assertThat(spare.state()).isEqualTo(ListenerState.STOPPED);
    }

    @Test
    void aStopWhileAMessageIsHandledStillEndsTheFrameThatHasBegunBehindIt() throws Exception {
        try (RunningSluice busy = RunningSluice.with("""
            sluice.listeners.slow: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: bean, bean: desk } }
            """, Desks.class);
                Socket socket = busy.connect("slow")) {
            socket.getOutputStream().write("one\nhal".getBytes(StandardCharsets.US_ASCII));
            busy.bean(SlowDesk.class).entered.await();
            CompletableFuture<Void> stop =
                    CompletableFuture.runAsync(() -> busy.listener("slow").stop());
            await().until(() -> busy.listener("slow").state() == ListenerState.DRAINING);
            busy.bean(SlowDesk.class).leave.countDown();
            assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("one\n");
            socket.getOutputStream().write("f\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("half\n");
            socket.close();
            stop.join();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Desks {

        @Bean
        SlowDesk desk() {
            return new SlowDesk();
        }
    }

    static class SlowDesk {

        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch leave = new CountDownLatch(1);

        public String take(String order) throws InterruptedException {
            entered.countDown();
            leave.await();
            return order;
        }
    }

    @Test
    void aStopWhilePausedEndsToo() throws IOException {
        try (Socket socket = sluice.connect("echo")) {
            socket.getOutputStream().write("1\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(2)).hasSize(2);
            listener.pause();
            listener.stop();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        listener.start();
        assertThat(sluice.converse("echo", "hello\n")).isEqualTo("hello\n");
    }

    /** It knows nothing of what was taken, so that it can't send the rest again. */
    @Test
    void aStopTakesAllThatAPeerWithoutAnswersSendsUntilItHearsOfTheEnd() throws IOException {
        Listener spare = sluice.listener("spare");
        spare.start();
        Traffic traffic = spare.transport().traffic();
        long before = traffic.accepted.sum();
        try (Socket socket = sluice.connect("spare")) {
            OutputStream out = socket.getOutputStream();
            out.write("first\n".getBytes(StandardCharsets.US_ASCII));
            await().until(() -> traffic.accepted.sum() == before + 1);
            spare.pause();
            // Read before the listener stops, and held.
            out.write("second\n".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 1000; i++) {
                out.write("one of a thousand\n".getBytes(StandardCharsets.US_ASCII));
            }
            CompletableFuture<Void> stop = CompletableFuture.runAsync(spare::stop);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            socket.close();
            stop.join();
        }
        assertThat(traffic.accepted.sum() - before).isEqualTo(1002);
        assertThat(traffic.closed(Reason.Closed.STOPPED).sum()).isEqualTo(1);
    }

    @Test
    void refusesWhatItsStateDoesNotAllow() {
        assertThatThrownBy(() -> sluice.listener("spare").pause())
                .hasMessage("Listener 'spare': cannot pause while STOPPED");
        listener.pause();
        assertThatThrownBy(listener::start).hasMessage("Listener 'echo': cannot start while PAUSED");
        listener.resume();
        listener.resume();
        assertThat(listener.state()).isEqualTo(ListenerState.RUNNING);
    }
}
