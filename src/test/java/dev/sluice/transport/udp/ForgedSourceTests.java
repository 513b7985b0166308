package dev.sluice.transport.udp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason.Dropped;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Datagrams that name a listener of the process as their source, which would be answered for ever. */
@EnabledOnOs(OS.LINUX)
class ForgedSourceTests {

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @Test
    void aListenerDoesNotAnswerItself() throws IOException {
        try (RunningSluice sluice = RunningSluice.with("""
            sluice.listeners.echo: { udp: { port: 0, receivers: 2 }, reply.type: echo }
            """)) {
            Traffic traffic = sluice.traffic("echo");
            int port = sluice.port("echo");
            // Until it is closed the answers would come here, as to a peer; then they would go to the listener.
            try (DatagramSocket forged = new DatagramSocket(null)) {
                forged.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                forged.bind(new InetSocketAddress("127.0.0.2", port));
                send(forged, port);
            }

            await().untilAsserted(() ->
                    assertThat(traffic.dropped(Dropped.OWN_ADDRESS).sum()).isEqualTo(1));
            assertServedAndQuiet(sluice, "echo", 2);
        }
    }

    @Test
    void twoListenersDoNotAnswerEachOther() throws IOException {
        try (DatagramSocket forged = new DatagramSocket(0, LOOPBACK);
                RunningSluice sluice = RunningSluice.with("""
                    sluice:
                      defaults: { udp.address: 127.0.0.1, reply.type: echo }
                      listeners:
                        one: { udp.port: 0 }
                        other: { enabled: false, udp.port: %d }
                    """.formatted(forged.getLocalPort()))) {
            sluice.listener("one").pause();
            send(forged, sluice.port("one"));
            forged.close();
            sluice.listener("other").start();
            sluice.listener("one").resume();

            await().untilAsserted(() -> assertThat(
                            sluice.traffic("one").dropped(Dropped.OWN_ADDRESS).sum())
                    .isEqualTo(1));
            assertServedAndQuiet(sluice, "one", 2);
            assertThat(sluice.traffic("other").received.sum()).isZero();
        }
    }

    @Test
    void aPortThatAListenerHadIsAnyonesAgain() throws IOException {
        try (RunningSluice sluice = RunningSluice.with("""
            sluice:
              defaults: { udp.address: 127.0.0.1, reply.type: echo }
              listeners:
                one: { udp.port: 0 }
                other: { udp.port: 0 }
            """)) {
            int port = sluice.port("other");
            sluice.listener("other").stop();
            try (DatagramSocket peer = new DatagramSocket(port, LOOPBACK)) {
                sluice.sendDatagram(peer, "one", "hello".getBytes(UTF_8));
                assertThat(RunningSluice.receiveDatagram(peer)).asString(UTF_8).isEqualTo("hello");
            }
        }
    }

    private static void send(DatagramSocket from, int port) throws IOException {
        from.send(new DatagramPacket(new byte[] {'a'}, 1, LOOPBACK, port));
    }

    /** An honest peer has its answer, and nothing has come but what it and the forger sent. */
    private static void assertServedAndQuiet(RunningSluice sluice, String listener, long received) throws IOException {
        try (DatagramSocket peer = new DatagramSocket()) {
            sluice.sendDatagram(peer, listener, "hello".getBytes(UTF_8));
            assertThat(RunningSluice.receiveDatagram(peer)).asString(UTF_8).isEqualTo("hello");
        }
        await().untilAsserted(() ->
                assertThat(sluice.traffic(listener).accepted.sum()).isEqualTo(1));
        assertThat(sluice.traffic(listener).received.sum()).isEqualTo(received);
    }
}
