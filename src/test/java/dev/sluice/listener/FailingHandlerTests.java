package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.ip.tcp.connection.TcpConnectionCloseEvent;

/** Beans that do what no bean should. */
class FailingHandlerTests {

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              listeners:
                closing: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: bean, bean: wild } }
                answering: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: bean, bean: wild, on-failure: "ERR {reason}" } }
                bars: { tcp: { address: 127.0.0.1, port: 0 }, framing: { type: delimited, delimiter: "|" }, reply: { type: bean, bean: wild, on-failure: "ERR {reason}" } }
                enclosed: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: stx-etx, reply: { type: bean, bean: wild } }
                counted:
                  tcp: { address: 127.0.0.1, port: 0 }
                  framing: { type: length-prefixed, length-bytes: 1, max-size: 8B }
                  reply: { type: bean, bean: wild }
                datagrams: { udp: { address: 127.0.0.1, port: 0 }, reply: { type: bean, bean: wild } }
                single: { tcp: { address: 127.0.0.1, port: 0 }, limits.max-connections: 1, reply.type: echo }
                flooded: { udp: { address: 127.0.0.1, port: 0, receive-buffer: 200KB }, reply: { type: bean, bean: wild } }
            """, Beans.class);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        Wild wild() {
            return new Wild();
        }

        @Bean
        ApplicationListener<TcpConnectionCloseEvent> failing() {
            return new FailingOnClose();
        }
    }

    static class FailingOnClose implements ApplicationListener<TcpConnectionCloseEvent> {

        @Override
        public void onApplicationEvent(TcpConnectionCloseEvent event) {
            if (event.getConnectionFactoryName().equals("single")) {
                throw new StackOverflowError();
            }
        }
    }

    static class Wild {

        @ServiceActivator
        public @Nullable String take(String message) {
            return switch (message) {
                case "deep" -> take(message);
                case "bar" -> throw new IllegalArgumentException("a|b");
                case "slow" -> {
                    LockSupport.parkNanos(1_000_000);
                    yield null;
                }
                case "full" -> throw new LinkageError("no more");
                default -> message;
            };
        }
    }

    @Test
    void anErrorOfABeanFailsItsMessageAndNoOther() throws IOException {
        assertThat(sluice.converse("answering", "one\nfull\ntwo\n")).isEqualTo("one\nERR no more\ntwo\n");
        assertThat(sluice.converse("answering", "one\ndeep\ntwo\n")).isEqualTo("one\nERR StackOverflowError\ntwo\n");
        Traffic traffic = sluice.traffic("answering");
        assertThat(traffic.accepted.sum()).isEqualTo(4);
        assertThat(traffic.failed.sum()).isEqualTo(2);
    }

    @Test
    void anErrorOfABeanClosesTheConnectionOnceWhatCameBeforeIsAnswered() throws IOException {
        assertThat(sluice.converse("closing", "one\ndeep\ntwo\n")).isEqualTo("one\n");
        Traffic traffic = sluice.traffic("closing");
        await().untilAsserted(() ->
                assertThat(traffic.closed(Reason.Closed.FAILED).sum()).isEqualTo(1));
        assertThat(traffic.accepted.sum()).isEqualTo(1);
        assertThat(traffic.failed.sum()).isEqualTo(1);
        assertThat(traffic.dropped(Reason.Dropped.CLOSED).sum())
                .as("what had been read behind it")
                .isEqualTo(1);
        assertThat(traffic.received.sum()).isEqualTo(3);
    }

    @Test
    void aFailureWhoseAnswerCannotBeFramedIsCountedOnce() throws IOException {
        assertThat(sluice.converse("bars", "one|bar|two|")).isEqualTo("one|");
        Traffic traffic = sluice.traffic("bars");
        await().untilAsserted(() ->
                assertThat(traffic.closed(Reason.Closed.FAILED).sum()).isEqualTo(1));
        assertThat(traffic.accepted.sum()).isEqualTo(1);
        assertThat(traffic.failed.sum()).isEqualTo(1);
        assertThat(traffic.dropped(Reason.Dropped.CLOSED).sum()).isEqualTo(1);
        assertThat(traffic.received.sum()).isEqualTo(3);
    }

    @Test
    void whatMayStandBetweenFramesIsNoneThatWasCutShort() throws IOException {
        assertThat(sluice.converse("enclosed", "\u0002bar\u0003\r\n")).isEmpty();
        Traffic traffic = sluice.traffic("enclosed");
        await().untilAsserted(() ->
                assertThat(traffic.closed(Reason.Closed.FAILED).sum()).isEqualTo(1));
        assertThat(traffic.dropped(Reason.Dropped.INCOMPLETE).sum()).isZero();
        assertThat(traffic.received.sum()).isEqualTo(traffic.failed.sum()).isEqualTo(1);
    }

    @Test
    void whatIsTooLargeBehindAFailureIsCountedOnce() throws IOException {
        assertThat(sluice.converse("counted", "\u0003bar\u0009123456789")).isEmpty();
        Traffic traffic = sluice.traffic("counted");
        await().untilAsserted(() ->
                assertThat(traffic.closed(Reason.Closed.FAILED).sum()).isEqualTo(1));
        assertThat(traffic.dropped(Reason.Dropped.OVERSIZE).sum()).isEqualTo(1);
        assertThat(traffic.dropped(Reason.Dropped.INCOMPLETE).sum()).isZero();
        assertThat(traffic.received.sum()).isEqualTo(2);
    }

    @Test
    void aConnectionGivesItsPlaceBackHoweverItEnds() throws IOException {
        assertThat(sluice.converse("single", "one\n")).isEqualTo("one\n");
        await().untilAsserted(
                        () -> assertThat(sluice.converse("single", "two\n")).isEqualTo("two\n"));
    }

    @Test
    void anErrorOfABeanDoesNotEndAReceiverOfDatagrams() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (String message : new String[] {"deep", "full", "alive"}) {
                sluice.sendDatagram(socket, "datagrams", message.getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(RunningSluice.receiveDatagram(socket)).asString().isEqualTo("alive");
        }
        Traffic traffic = sluice.traffic("datagrams");
        await().untilAsserted(() -> assertThat(traffic.accepted.sum()).isEqualTo(1));
        assertThat(traffic.failed.sum()).isEqualTo(2);
        assertThat(traffic.received.sum()).isEqualTo(3);
    }

    @Test
    void aStopDoesNotWaitForTheEndOfAFlood() throws Exception {
        Listener flooded = sluice.listener("flooded");
        Traffic traffic = sluice.traffic("flooded");
        int port = sluice.port("flooded");
        AtomicBoolean stopped = new AtomicBoolean();
        Runnable flood = () -> {
            byte[] payload = "slow".getBytes(StandardCharsets.US_ASCII);
            try (DatagramSocket socket = new DatagramSocket()) {
                while (!stopped.get()) {
                    socket.send(new DatagramPacket(payload, payload.length, InetAddress.getLoopbackAddress(), port));
                }
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        };
        List<Thread> senders =
                List.of(Thread.ofPlatform().start(flood), Thread.ofPlatform().start(flood));
        await().until(() -> traffic.received.sum() > 10);
        long begun = System.nanoTime();
        flooded.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        stopped.set(true);
        for (Thread sender : senders) {
            sender.join();
        }
    }
}
