package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Never;
import dev.sluice.RunningSluice;
import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Route;
import dev.sluice.sink.SocketServer;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections whose threads wait for something else than their peers, and everything that ends them meanwhile. */
final class HeldConnectionsTests {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String LARGE = "x".repeat(60_000) + "\n";

    /** What a thread waits for, by a listener of this name. */
    enum Wait {
        /** In the spool, which a sink that is away has let fill up. */
        ROOM,
        /** That can be written: the spool's file is not in its place. */
        DISK,
        /** By a sink that is away. */
        DELIVERED,
        /** That the sink confirms, where its server does not answer. */
        DIRECT,
        BEAN,
        /** Of messages. */
        RATE,
        /** Of bytes. */
        BYTES,
        /** For the end of the pause. */
        PAUSE,
        /** For the peer to take what is written. */
        WRITE;

        String listener() {
            return name().toLowerCase(Locale.ROOT);
        }

        byte[] bytes() {
            String text = switch (this) {
                case ROOM -> LARGE.repeat(18);
                case RATE -> "a message\n".repeat(60);
                case BYTES -> "x".repeat(2000) + "\n";
                case WRITE -> LARGE.repeat(300);
                default -> "a message\n";
            };
            return text.getBytes(US_ASCII);
        }
    }

    @TempDir
    private Path folder;

    private final List<Socket> peers = new ArrayList<>();
    private SocketServer silent;
    private RunningSluice sluice;

    @BeforeEach
    void start() throws IOException {
        silent = new SocketServer((in, out) -> in.transferTo(OutputStream.nullOutputStream()));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
        sluice.close();
        silent.close();
    }

    /** The service with these time-outs, and a peer of each listener whose thread waits. */
    private void hold(String timeouts, Set<Wait> waits) throws Exception {
        sluice = RunningSluice.with("""
            spring.lifecycle.timeout-per-shutdown-phase: 3s
            sluice:
              data-directory: "%s"
              defaults: { tcp.address: 127.0.0.1, limits.max-connections: 1, reply.type: echo, timeouts: %s }
              sinks:
                away: { tcp: { host: 127.0.0.1, port: 1 } }
                silent: { tcp: { host: 127.0.0.1, port: %d, timeout: 10m, expect: OK } }
              listeners:
                room: { tcp.port: 0, sinks: [away], delivery.max-spool-size: 1MB }
                disk: { tcp.port: 0, sinks: [away] }
                delivered: { tcp.port: 0, sinks: [away], reply.after: delivered }
                direct: { tcp.port: 0, sinks: [silent], delivery.mode: direct }
                bean: { tcp.port: 0, reply: { type: bean, bean: never } }
                rate: { tcp.port: 0, reply.type: none, limits.messages-per-second: 1 }
                bytes: { tcp.port: 0, limits.bytes-per-second: 10B }
                pause: { tcp.port: 0 }
                write: { tcp.port: 0 }
            """.formatted(folder, timeouts, silent.port()), Never.class);
        for (Wait wait : waits) {
            hold(wait);
        }
    }

    private void hold(Wait wait) throws Exception {
        if (wait == Wait.DISK) {
            Files.move(spool(), folder.resolve("moved"));
            await().until(() -> durable(wait).spool().state().failure() != null);
        }
        Socket peer = sluice.connect(wait.listener());
        peers.add(peer);
        if (wait == Wait.WRITE) {
            Thread.ofVirtual().start(() -> send(peer, wait));
            // Nobody reads what is written until both sides of it are full.
            awaitStill(wait);
            return;
        }
        await().until(() -> connections(wait).size() == 1);
        if (wait == Wait.PAUSE) {
            // The thread is in its read, and is held once that returns.
            sluice.listener(wait.listener()).pause();
        }
        send(peer, wait);
        switch (wait) {
            case ROOM -> await().until(() -> durable(wait).spool().state().heldSince() != null);
            case DELIVERED -> await().until(() -> waiting(durable(wait)) == 1);
            case DIRECT -> await().until(() -> silent.connections() > 0);
            case BEAN -> assertThat(sluice.bean(Never.class).awaitBegun()).isTrue();
            default -> await().until(() -> connections(wait).getFirst().counts().bytesIn() > 0);
        }
    }

    private static void send(Socket peer, Wait wait) {
        try {
            peer.getOutputStream().write(wait.bytes());
        } catch (IOException ex) {
            // The connection was ended before all was taken.
        }
    }

    private void awaitStill(Wait wait) {
        Traffic traffic = sluice.traffic(wait.listener());
        await().until(() -> traffic.bytesSent.sum() > 0);
        long[] sent = {-1};
        await().pollInterval(Duration.ofMillis(500)).until(() -> {
            long before = sent[0];
            sent[0] = traffic.bytesSent.sum();
            return sent[0] == before;
        });
    }

    private Path spool() {
        return folder.resolve("disk.spool");
    }

    private DurableRoute durable(Wait wait) {
        return (DurableRoute) sluice.listener(wait.listener()).route().orElseThrow();
    }

    private List<Connection> connections(Wait wait) {
        return sluice.listener(wait.listener()).transport().connections().stream()
                .map(Connection.class::cast)
                .toList();
    }

    private void assertEnded(Set<Wait> waits, Reason.Closed reason) throws IOException {
        assertEnded(waits, reason, SOON);
    }

    private void assertEnded(Set<Wait> waits, Reason.Closed reason, Duration atMost) throws IOException {
        await().atMost(atMost)
                .untilAsserted(() -> assertThat(waits.stream()
                                .filter(wait -> !connections(wait).isEmpty())
                                .collect(Collectors.toSet()))
                        .as("still there")
                        .isEmpty());
        if (waits.contains(Wait.DISK)) {
            Files.move(folder.resolve("moved"), spool());
        }
        SoftAssertions all = new SoftAssertions();
        for (Wait wait : waits) {
            Traffic traffic = sluice.traffic(wait.listener());
            all.assertThat(traffic.closed(reason).sum())
                    .as(wait + " ended as " + reason)
                    .isEqualTo(1);
            long accepted = traffic.accepted.sum();
            long dropped = traffic.dropped(Reason.Dropped.CLOSED).sum()
                    + traffic.dropped(Reason.Dropped.INCOMPLETE).sum();
            all.assertThat(traffic.received.sum())
                    .as(wait + ": received = accepted %d + failed %s + dropped %d", accepted, traffic.failed, dropped)
                    .isEqualTo(accepted + traffic.failed.sum() + dropped);
            sluice.listener(wait.listener())
                    .route()
                    .filter(DurableRoute.class::isInstance)
                    .ifPresent(route -> all.assertThat(accepted)
                            .as(wait + ": accepted = spooled")
                            .isEqualTo(waiting(route)));
        }
        all.assertThat(sluice.traffic("delivered").accepted.sum())
                .as("what the spool had taken stays accepted")
                .isEqualTo(1);
        all.assertAll();
    }

    /** The place of the one who went is free. */
    private void assertServesTheNext(Wait wait) throws IOException {
        try (Socket next = sluice.connect(wait.listener())) {
            await().until(() -> connections(wait).size() == 1);
            assertThat(next.isConnected()).isTrue();
        }
    }

    @Test
    void anOperatorEndsThemAll() throws Exception {
        Set<Wait> all = EnumSet.allOf(Wait.class);
        hold("{}", all);
        all.forEach(wait -> connections(wait).forEach(connection -> connection.close(Reason.Closed.OPERATOR)));
        assertEnded(all, Reason.Closed.OPERATOR);
        for (Wait wait : EnumSet.complementOf(EnumSet.of(Wait.PAUSE))) {
            assertServesTheNext(wait);
        }
    }

    /** Not while paused, when no deadline counts. */
    @Test
    void theirGreatestAgeEndsThem() throws Exception {
        Set<Wait> waits = EnumSet.complementOf(EnumSet.of(Wait.PAUSE));
        hold("{ session: 500ms }", waits);
        assertEnded(waits, Reason.Closed.SESSION);
    }

    /**
     * Not while paused. Who does not take what is written and goes is noticed by the write; and of whom something is
     * still taken, however slowly, is not idle.
     */
    @Test
    void aPeerThatHasGoneIsLetGoAtTheIdleTime() throws Exception {
        Set<Wait> waits = EnumSet.complementOf(EnumSet.of(Wait.PAUSE, Wait.WRITE, Wait.RATE, Wait.BYTES));
        hold("{ idle: 2s }", waits);
        for (Socket peer : peers) {
            peer.close();
        }
        assertEnded(waits, Reason.Closed.IDLE);
    }

    @Test
    void ofAPeerThatIsHeldToItsRateAllIsTakenThoughItHasGone() throws Exception {
        hold("{ idle: 1500ms }", EnumSet.noneOf(Wait.class));
        try (Socket peer = sluice.connect("rate")) {
            peer.getOutputStream().write("a\nb\nc\nd\n".getBytes(US_ASCII));
        }
        await().untilAsserted(
                        () -> assertThat(sluice.traffic("rate").accepted.sum()).isEqualTo(4));
    }

    @Test
    void aPeerThatIsThereIsHeldForAsLongAsItTakes() throws Exception {
        Set<Wait> waits =
                EnumSet.of(Wait.ROOM, Wait.DISK, Wait.DELIVERED, Wait.DIRECT, Wait.BEAN, Wait.RATE, Wait.BYTES);
        hold("{ idle: 300ms }", waits);
        await().during(Duration.ofSeconds(2))
                .until(() -> waits.stream().allMatch(wait -> connections(wait).size() == 1));
    }

    @Test
    void aStopEndsThemAll() throws Exception {
        Set<Wait> all = EnumSet.allOf(Wait.class);
        hold("{}", all);
        List<Thread> stops = all.stream()
                .map(wait -> Thread.ofVirtual()
                        .start(() -> sluice.listener(wait.listener()).stop()))
                .toList();
        for (Thread stopping : stops) {
            assertThat(stopping.join(SOON)).isTrue();
        }
        assertThat(all).allSatisfy(wait -> assertThat(connections(wait)).isEmpty());
        assertThat(sluice.traffic("delivered").accepted.sum()).isEqualTo(1);
        assertThat(sluice.traffic("bean").failed.sum()).isEqualTo(1);
        assertThat(sluice.traffic("direct").dropped(Reason.Dropped.CLOSED).sum())
                .isEqualTo(1);
    }

    /** For the only sink. */
    private static long waiting(Route route) {
        return route.spooled(route.ledgers().getFirst());
    }
}
