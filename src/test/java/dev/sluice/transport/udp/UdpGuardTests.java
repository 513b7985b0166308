package dev.sluice.transport.udp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason.Dropped;
import dev.sluice.transport.Reason.Withheld;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a UDP port takes, and to whom it answers how much. All of 127.0.0.0/8 is this machine. */
@EnabledOnOs(OS.LINUX)
class UdpGuardTests {

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              defaults: { udp.address: 127.0.0.1 }
              listeners:
                ten: { udp.port: 0, limits.messages-per-second: 10, reply.type: echo }
                bytes: { udp.port: 0, limits.bytes-per-second: 1000B }
                flooded: { udp: { port: 0, receivers: 2 }, limits.messages-per-second: 100, access.deny: 127.0.0.66 }
                fenced: { udp.port: 0, access: { allow: [127.0.0.0/24], deny: [127.0.0.3] }, reply.type: echo }
                single: { udp.port: 0, reply: { type: text, text: "{payload}" } }
                double: { udp.port: 0, reply: { type: text, text: "{payload}{payload}" } }
                twice: { udp: { port: 0, max-reply-factor: 2 }, reply: { type: text, text: "{payload}{payload}" } }
                mute: { udp: { port: 0, max-reply-factor: 0 }, reply.type: echo }
                echo: { udp.port: 0, reply.type: echo }
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void aSourceOverItsRateIsNotHeardAndNoOtherIsTheWorseForIt() throws IOException {
        Traffic traffic = sluice.traffic("ten");
        try (DatagramSocket loud = from("127.0.0.1");
                DatagramSocket same = from("127.0.0.1");
                DatagramSocket other = from("127.0.0.2")) {
            for (int i = 0; i < 100; i++) {
                sluice.sendDatagram(i % 2 == 0 ? loud : same, "ten", bytes("x"));
            }
            sluice.sendDatagram(other, "ten", bytes("quiet"));
            assertThat(RunningSluice.receiveDatagram(other)).asString(US_ASCII).isEqualTo("quiet");
            await().untilAsserted(() -> assertThat(traffic.received.sum()).isEqualTo(101));
        }
        long limited = traffic.dropped(Dropped.RATE_LIMITED).sum();
        // However long it took: a second's worth, and what came due meanwhile.
        assertThat(traffic.accepted.sum()).isBetween(11L, 60L);
        assertThat(traffic.accepted.sum() + limited).isEqualTo(101);
        assertThat(traffic.replied.sum()).isEqualTo(traffic.accepted.sum());
    }

    @Test
    void bytesAreLimitedToo() throws IOException {
        Traffic traffic = sluice.traffic("bytes");
        try (DatagramSocket socket = from("127.0.0.1")) {
            for (int i = 0; i < 20; i++) {
                sluice.sendDatagram(socket, "bytes", new byte[400]);
            }
        }
        await().untilAsserted(() -> assertThat(traffic.received.sum()).isEqualTo(20));
        assertThat(traffic.dropped(Dropped.RATE_LIMITED).sum()).isPositive();
        assertThat(traffic.accepted.sum()).isBetween(2L, 15L);
        assertThat(traffic.accepted.sum()
                        + traffic.dropped(Dropped.RATE_LIMITED).sum())
                .isEqualTo(20);
    }

    @Test
    void everyDatagramOfAFloodIsAccountedFor() throws IOException {
        Traffic traffic = sluice.traffic("flooded");
        int sources = 50;
        int each = 400;
        Random random = new Random(3);
        for (int i = 0; i < sources; i++) {
            try (DatagramSocket socket = from("127.0." + random.nextInt(256) + "." + (1 + random.nextInt(254)));
                    DatagramSocket denied = from("127.0.0.66")) {
                for (int n = 0; n < each; n++) {
                    sluice.sendDatagram(n % 4 == 0 ? denied : socket, "flooded", new byte[50]);
                }
            }
        }
        await().untilAsserted(() -> {
            long byKernel = sluice.listener("flooded")
                    .transport()
                    .datagramsDroppedByKernel()
                    .orElseThrow();
            assertThat(traffic.received.sum() + byKernel).isEqualTo(sources * each);
        });
        assertThat(traffic.dropped(Dropped.RATE_LIMITED).sum()).isPositive();
        assertThat(traffic.dropped(Dropped.ACCESS_DENIED).sum()).isPositive();
        assertThat(traffic.accepted.sum()
                        + traffic.dropped(Dropped.RATE_LIMITED).sum()
                        + traffic.dropped(Dropped.ACCESS_DENIED).sum())
                .isEqualTo(traffic.received.sum());
    }

    @Test
    void whoIsNotServedGetsNoAnswer() throws IOException {
        Traffic traffic = sluice.traffic("fenced");
        try (DatagramSocket served = from("127.0.0.2");
                DatagramSocket denied = from("127.0.0.3");
                DatagramSocket notAllowed = from("127.0.1.2")) {
            sluice.sendDatagram(denied, "fenced", bytes("denied"));
            sluice.sendDatagram(notAllowed, "fenced", bytes("not allowed"));
            sluice.sendDatagram(served, "fenced", bytes("served"));
            assertThat(RunningSluice.receiveDatagram(served)).asString(US_ASCII).isEqualTo("served");
            await().untilAsserted(() -> assertThat(traffic.received.sum()).isEqualTo(3));
            assertThat(gotNothing(denied)).isTrue();
            assertThat(gotNothing(notAllowed)).isTrue();
        }
        assertThat(traffic.dropped(Dropped.ACCESS_DENIED).sum()).isEqualTo(2);
        assertThat(traffic.accepted.sum()).isEqualTo(1);
        assertThat(traffic.bytesReceived.sum()).isEqualTo(23);
    }

    @Test
    void aReplyIsNoLongerThanItsRequestUnlessThatIsAllowed() throws IOException {
        try (DatagramSocket socket = from("127.0.0.1")) {
            for (String listener : new String[] {"single", "double", "twice", "mute"}) {
                sluice.sendDatagram(socket, listener, bytes("request"));
            }
            assertThat(new String[] {
                        new String(RunningSluice.receiveDatagram(socket), US_ASCII),
                        new String(RunningSluice.receiveDatagram(socket), US_ASCII)
                    })
                    .containsExactlyInAnyOrder("request", "requestrequest");
            for (String listener : new String[] {"double", "mute"}) {
                Traffic traffic = sluice.traffic(listener);
                await().untilAsserted(() -> assertThat(traffic.accepted.sum()).isEqualTo(1));
                assertThat(traffic.withheld(Withheld.TOO_LONG).sum()).isEqualTo(1);
                assertThat(traffic.replied.sum()).isZero();
                assertThat(traffic.failed.sum()).isZero();
            }
            assertThat(gotNothing(socket)).isTrue();
        }
    }

    @Test
    void nothingIsSentToAPortOfTheSystem() throws IOException {
        Optional<DatagramSocket> system = onPortOfTheSystem();
        assumeThat(system).as("may bind a port below 1024").isPresent();
        Traffic traffic = sluice.traffic("echo");
        try (DatagramSocket socket = system.orElseThrow()) {
            sluice.sendDatagram(socket, "echo", bytes("like a name server"));
            await().untilAsserted(() -> assertThat(traffic.accepted.sum()).isEqualTo(1));
            assertThat(gotNothing(socket)).isTrue();
        }
        assertThat(traffic.withheld(Withheld.SYSTEM_PORT).sum()).isEqualTo(1);
        assertThat(traffic.replied.sum()).isZero();
    }

    private static Optional<DatagramSocket> onPortOfTheSystem() throws IOException {
        for (int port = 1023; port > 900; port--) {
            try {
                return Optional.of(new DatagramSocket(new InetSocketAddress("127.0.0.77", port)));
            } catch (BindException ex) {
                // It has an owner, or may have none.
            }
        }
        return Optional.empty();
    }

    /** Replies are sent before their messages are counted, and over loopback what is sent has arrived. */
    private static boolean gotNothing(DatagramSocket socket) throws IOException {
        byte[] marker = {42};
        try (DatagramSocket sender = new DatagramSocket()) {
            sender.send(new DatagramPacket(marker, 1, socket.getLocalSocketAddress()));
        }
        return RunningSluice.receiveDatagram(socket)[0] == 42;
    }

    private static DatagramSocket from(String address) throws IOException {
        return new DatagramSocket(0, InetAddress.getByName(address));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }
}
