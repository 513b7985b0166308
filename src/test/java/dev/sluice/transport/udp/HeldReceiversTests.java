package dev.sluice.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Never;
import dev.sluice.RunningSluice;
import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Route;
import dev.sluice.listener.ListenerState;
import dev.sluice.sink.SocketServer;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers of datagrams whose threads wait for something else, and a stop meanwhile: nothing else ends a receiver. */
final class HeldReceiversTests {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private SocketServer silent;
    private RunningSluice sluice;

    @BeforeEach
    void start() throws Exception {
        silent = new SocketServer((in, out) -> in.transferTo(OutputStream.nullOutputStream()));
        sluice = RunningSluice.with("""
            spring.lifecycle.timeout-per-shutdown-phase: 3s
            sluice:
              data-directory: "%s"
              defaults: { udp.address: 127.0.0.1, reply.type: echo }
              sinks:
                away: { tcp: { host: 127.0.0.1, port: 1 } }
                silent: { tcp: { host: 127.0.0.1, port: %d, timeout: 10m, expect: OK } }
              listeners:
                room: { udp.port: 0, sinks: [away], delivery.max-spool-size: 1MB }
                disk: { udp.port: 0, sinks: [away] }
                delivered: { udp.port: 0, sinks: [away], reply.after: delivered }
                direct: { udp.port: 0, sinks: [silent], delivery.mode: direct }
                bean: { udp.port: 0, reply: { type: bean, bean: never } }
            """.formatted(folder, silent.port()), Never.class);
    }

    @AfterEach
    void stop() throws Exception {
        sluice.close();
        silent.close();
    }

    private DurableRoute durable(String listener) {
        return (DurableRoute) sluice.listener(listener).route().orElseThrow();
    }

    private void hold(String listener, DatagramSocket peer) throws Exception {
        if (listener.equals("disk")) {
            Files.move(folder.resolve("disk.spool"), folder.resolve("moved"));
            await().until(() -> durable(listener).spool().state().failure() != null);
        }
        if (listener.equals("room")) {
            for (int i = 0; durable(listener).spool().state().heldSince() == null; i++) {
                assertThat(i).as("datagrams that fit").isLessThan(1000);
                sluice.sendDatagram(peer, listener, new byte[60_000]);
                long sent = i + 1L;
                await().until(() -> waiting(durable(listener)) == sent
                        || durable(listener).spool().state().heldSince() != null);
            }
            return;
        }
        sluice.sendDatagram(peer, listener, new byte[10]);
        switch (listener) {
            case "delivered" -> await().until(() -> waiting(durable(listener)) == 1);
            case "direct" -> await().until(() -> silent.connections() > 0);
            case "bean" -> assertThat(sluice.bean(Never.class).awaitBegun()).isTrue();
            default -> {
                // A stop takes what has arrived by then.
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"room", "disk", "delivered", "direct", "bean"})
    void aStopEndsThem(String listener) throws Exception {
        try (DatagramSocket peer = new DatagramSocket()) {
            hold(listener, peer);
            Thread stopping =
                    Thread.ofVirtual().start(() -> sluice.listener(listener).stop());
            assertThat(stopping.join(SOON)).as("stopped in time").isTrue();
            Traffic traffic = sluice.traffic(listener);
            long dropped = traffic.dropped(Reason.Dropped.CLOSED).sum();
            assertThat(traffic.received.sum()).isPositive();
            assertThat(traffic.received.sum()).isEqualTo(traffic.accepted.sum() + traffic.failed.sum() + dropped);
            if (listener.equals("disk")) {
                Files.move(folder.resolve("moved"), folder.resolve("disk.spool"));
            }
            sluice.listener(listener)
                    .route()
                    .filter(DurableRoute.class::isInstance)
                    .ifPresent(route -> assertThat(waiting(route)).isEqualTo(traffic.accepted.sum()));
            sluice.listener(listener).start();
            assertThat(sluice.listener(listener).state()).isEqualTo(ListenerState.RUNNING);
        }
    }

    /** For the only sink. */
    private static long waiting(Route route) {
        return route.spooled(route.ledgers().getFirst());
    }
}
