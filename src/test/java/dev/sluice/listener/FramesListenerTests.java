package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.DatagramSocket;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Listeners whose frames are described by patterns. Bytes are hex. */
class FramesListenerTests {

    private static final String RIGHT = "78780d01086471700328358100093f040d0a";
    private static final String WRONG = "78780d01086471700328358100093f050d0a";

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              defaults:
                framing:
                  frames: [ "7878 ({length:u8-2} {*}) {checksum} 0D0A", "05" ]
                  checksum: crc-16/x-25
              listeners:
                dropping: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                passing: { tcp: { address: 127.0.0.1, port: 0 }, framing.on-mismatch: pass, reply.type: echo }
                failing: { tcp: { address: 127.0.0.1, port: 0 }, framing.on-mismatch: fail, reply: { type: echo, on-failure: "NAK {reason} {sequence}" } }
                closing: { tcp: { address: 127.0.0.1, port: 0 }, framing.on-mismatch: fail, reply.type: echo }
                escaped:
                  tcp: { address: 127.0.0.1, port: 0 }
                  framing: { frames: [ "7E ({*}) {checksum} 7E" ], checksum: xor-8, escape: { 7E: 7D02, 7D: 7D01 } }
                  reply.type: echo
                datagrams: { udp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                naking: { udp: { address: 127.0.0.1, port: 0 }, framing.on-mismatch: fail, reply: { type: echo, on-failure: "NAK" } }
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void aFrameWithAWrongChecksumIsDroppedAndTheStreamGoesOn() throws IOException {
        assertThat(converse("dropping", RIGHT + WRONG + "05" + RIGHT)).isEqualTo(RIGHT + "05" + RIGHT);

        Traffic traffic = sluice.traffic("dropping");
        await().untilAsserted(() -> {
            assertThat(traffic.received.sum()).isEqualTo(4);
            assertThat(traffic.accepted.sum()).isEqualTo(3);
            assertThat(traffic.dropped(Reason.Dropped.CHECKSUM).sum()).isEqualTo(1);
        });
    }

    @Test
    void itIsTakenAndCountedWhereItMayPass() throws IOException {
        assertThat(converse("passing", WRONG + "05")).isEqualTo(WRONG + "05");

        await().untilAsserted(() ->
                assertThat(sluice.traffic("passing").mismatched.sum()).isEqualTo(1));
    }

    @Test
    void itFailsInItsTurnAndIsAnsweredSo() throws IOException {
        String nak = HexFormat.of().formatHex("NAK checksum 2".getBytes());

        assertThat(converse("failing", "05" + WRONG + RIGHT)).isEqualTo("05" + nak + RIGHT);

        Traffic traffic = sluice.traffic("failing");
        await().untilAsserted(() -> {
            assertThat(traffic.received.sum()).isEqualTo(3);
            assertThat(traffic.accepted.sum()).isEqualTo(2);
            assertThat(traffic.failed.sum()).isEqualTo(1);
        });
    }

    @Test
    void itEndsTheConnectionWhereThereIsNoAnswerForThat() throws IOException {
        assertThat(converse("closing", "05" + WRONG + RIGHT)).isEqualTo("05");

        Traffic traffic = sluice.traffic("closing");
        await().untilAsserted(() -> {
            assertThat(traffic.failed.sum()).isEqualTo(1);
            assertThat(traffic.closed(Reason.Closed.FAILED).sum()).isEqualTo(1);
        });
    }

    @Test
    void repliesAreEscapedAsMessagesAre() throws IOException {
        String escaped = "7e7d027d01037e";

        assertThat(converse("escaped", escaped)).isEqualTo(escaped);
    }

    @Test
    void whatIsNoFrameEndsTheConnection() throws IOException {
        assertThat(converse("passing", "05" + "aa" + "05")).isEqualTo("05");
    }

    @Test
    void aDatagramIsCutAndEachFrameIsAMessage() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            sluice.sendDatagram(socket, "datagrams", bytes("05" + WRONG + RIGHT));

            assertThat(hex(RunningSluice.receiveDatagram(socket))).isEqualTo("05");
            assertThat(hex(RunningSluice.receiveDatagram(socket))).isEqualTo(RIGHT);

            sluice.sendDatagram(socket, "datagrams", bytes("05aa"));
            Traffic traffic = sluice.traffic("datagrams");
            await().untilAsserted(() -> {
                assertThat(traffic.dropped(Reason.Dropped.MALFORMED).sum()).isEqualTo(1);
                assertThat(traffic.dropped(Reason.Dropped.CHECKSUM).sum()).isEqualTo(1);
                assertThat(traffic.received.sum()).isEqualTo(4);
                assertThat(traffic.bytesReceived.sum()).isEqualTo(1 + 18 + 18 + 2);
            });
        }
    }

    @Test
    void aFrameOfADatagramCanFail() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            sluice.sendDatagram(socket, "naking", bytes(WRONG + "05"));

            assertThat(RunningSluice.receiveDatagram(socket)).asString().isEqualTo("NAK");
            assertThat(hex(RunningSluice.receiveDatagram(socket))).isEqualTo("05");
        }
    }

    private static String converse(String listener, String sent) throws IOException {
        return hex(sluice.converse(listener, bytes(sent)));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
