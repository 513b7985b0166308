package dev.sluice.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.io.IOException;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The frames of a listener that were refused last, as operators see them. */
final class RejectedFramesTests {

    private static RunningSluice sluice;
    private static Operator operator;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              listeners:
                stx: { tcp: { address: 127.0.0.1, port: 0 }, framing: { type: stx-etx, max-size: 8B } }
                lines: { tcp: { address: 127.0.0.1, port: 0 }, framing: { max-size: 300B, on-oversize: skip }, reply.type: echo }
                sums:
                  tcp: { address: 127.0.0.1, port: 0 }
                  framing: { frames: ["7E ({*}) {checksum} 7E"], checksum: xor-8, on-mismatch: drop }
                failing:
                  tcp: { address: 127.0.0.1, port: 0 }
                  framing: { frames: ["7E ({*}) {checksum} 7E"], checksum: xor-8, on-mismatch: fail }
                datagrams:
                  udp: { address: 127.0.0.1, port: 0 }
                  framing: { frames: ["7E ({*}) {checksum} 7E"], checksum: xor-8, max-size: 400B }
                lengths: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: stx-etx, tap: length }
                silent: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: stx-etx, tap: off }
                tls: { tcp: { address: 127.0.0.1, port: 0 } }
            """);
        operator = new Operator(sluice, "operator:secret");
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static JsonNode rejected(String listener, int atLeast) {
        JsonNode[] found = new JsonNode[1];
        // The first call of all takes long on a busy machine.
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            found[0] =
                    operator.get("/listeners/" + listener + "/rejected").json().at("/rejected");
            return found[0].size() >= atLeast;
        });
        return found[0];
    }

    private static void send(String listener, String hex) throws IOException {
        sluice.converse(listener, HexFormat.of().parseHex(hex));
    }

    private static void assertShown(JsonNode frame, String reason, String hex) {
        assertThat(frame.at("/reason").asString()).isEqualTo(reason);
        assertThat(frame.at("/hex").asString()).isEqualTo(hex);
        assertThat(frame.at("/length").asInt()).isEqualTo(hex.length() / 2);
        assertThat(frame.at("/remoteAddress").asString()).isEqualTo("127.0.0.1");
        assertThat(frame.at("/connection").asString()).isNotEmpty();
        assertThat(frame.at("/at").asString()).contains("T");
    }

    @Test
    void framesAreShownFromTheirBeginningNewestFirst() throws IOException {
        send("stx", "024103" + "4142");
        send("stx", "02414203" + "0243" + "02444503" + "02");
        send("stx", "02" + "41".repeat(9) + "03");
        JsonNode frames = rejected("stx", 4);
        assertShown(frames.get(0), "oversize", "02" + "41".repeat(9) + "03");
        assertShown(frames.get(1), "incomplete", "02");
        assertShown(frames.get(2), "incomplete", "0243");
        assertShown(frames.get(3), "malformed", "4142");
        assertThat(frames.get(3).at("/problem").asString()).isEqualTo("a frame starts with 0x02, not with 0x41");
        assertThat(frames.get(0).at("/problem").isNull()).isTrue();
    }

    @Test
    void noMoreThanTenAreKeptAndOfEachNoMoreThanItsBeginning() throws IOException {
        byte[] long1 = ("y".repeat(301) + "\n").repeat(11).getBytes(UTF_8);
        assertThat(sluice.converse("lines", long1)).isEmpty();
        assertThat(sluice.converse("lines", "z".repeat(500) + "\n")).isEmpty();
        await().until(() -> rejected("lines", 10).get(0).at("/hex").asString().startsWith("7a"));
        JsonNode frames = rejected("lines", 10);
        assertThat(frames).hasSize(10);
        assertThat(frames.get(0).at("/hex").asString()).isEqualTo("7a".repeat(256));
        assertThat(frames.get(0).at("/length").asInt()).isBetween(301, 501);
        assertThat(frames.get(9).at("/hex").asString()).isEqualTo("79".repeat(256));
    }

    @Test
    void wrongChecksumsAreShownWhetherTheirFramesAreDroppedOrFail() throws IOException {
        send("sums", "7e0102037e" + "7e0102047e");
        assertShown(rejected("sums", 1).get(0), "checksum", "7e0102047e");
        send("failing", "7e0102057e");
        assertShown(rejected("failing", 1).get(0), "checksum", "7e0102057e");
        assertThat(sluice.traffic("failing").failed.sum()).isEqualTo(1);
    }

    @Test
    void datagramsAreShown() throws IOException {
        try (DatagramSocket peer = new DatagramSocket()) {
            sluice.sendDatagram(peer, "datagrams", HexFormat.of().parseHex("7e0102047e"));
            assertShown(rejected("datagrams", 1).get(0), "checksum", "7e0102047e");
            sluice.sendDatagram(peer, "datagrams", HexFormat.of().parseHex("00010203"));
            assertShown(rejected("datagrams", 2).get(0), "malformed", "00010203");
            sluice.sendDatagram(peer, "datagrams", new byte[401]);
            JsonNode oversize = rejected("datagrams", 3).get(0);
            assertThat(oversize.at("/reason").asString()).isEqualTo("oversize");
            assertThat(oversize.at("/length").asInt()).isEqualTo(401);
            assertThat(oversize.at("/hex").asString()).isEqualTo("00".repeat(256));
            assertThat(oversize.at("/remotePort").asInt()).isEqualTo(peer.getLocalPort());
        }
    }

    @Test
    void whatAListenerKeepsToItselfIsNotShown() throws IOException {
        send("lengths", "4142");
        JsonNode length = rejected("lengths", 1).get(0);
        assertThat(length.at("/length").asInt()).isEqualTo(2);
        assertThat(length.at("/hex").isNull()).isTrue();
        assertThat(length.at("/problem").isNull()).isTrue();
        send("silent", "4142");
        JsonNode silent = rejected("silent", 1).get(0);
        assertThat(silent.at("/reason").asString()).isEqualTo("malformed");
        assertThat(silent.at("/length").isNull()).isTrue();
        assertThat(silent.at("/hex").isNull()).isTrue();
        assertThat(operator.get("/listeners/silent").json().at("/tap").asString())
                .isEqualTo("off");
    }

    @Test
    void aClientHelloIsShown() throws IOException {
        send("tls", "1603010200010001fc03030000");
        JsonNode hello = rejected("tls", 1).get(0);
        assertThat(hello.at("/reason").asString()).isEqualTo("malformed");
        assertThat(hello.at("/hex").asString()).startsWith("160301");
    }
}
