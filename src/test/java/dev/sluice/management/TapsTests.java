package dev.sluice.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.listener.Listeners;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What operators see when they look at the traffic of a listener. */
final class TapsTests {

    private static RunningSluice sluice;
    private static Taps taps;

    private final List<OpenTap> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              defaults.tap: payload
              listeners:
                echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                greeter: { tcp: { address: 127.0.0.1, port: 0, greeting: "hi!" }, rules: [ { match.text: "I am {d}", identify: "{d}" } ] }
                chat: { udp: { address: 127.0.0.1, port: 0 }, reply: { type: text, text: "ok" }, charset: ISO-8859-1 }
                counted: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo, tap: length }
                secret: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo, tap: off }
            """);
        taps = sluice.bean(Taps.class);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @AfterEach
    void close() {
        open.forEach(OpenTap::close);
    }

    private OpenTap open(String listener) {
        OpenTap tap = taps.open(listener, "ann").orElseThrow();
        open.add(tap);
        return tap;
    }

    private static TappedFrame next(OpenTap tap) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            TappedFrame frame = tap.poll(Duration.ofMillis(100));
            if (frame != null) {
                return frame;
            }
        }
        throw new AssertionError("no frame, ended " + tap.ended());
    }

    @Test
    void framesThatComeAndAnswersThatGoAreSeen() throws Exception {
        OpenTap tap = open("echo");
        try (Socket peer = sluice.connect("echo")) {
            peer.getOutputStream().write("hällo\n".getBytes(UTF_8));
            TappedFrame in = next(tap);
            assertThat(in.direction()).isEqualTo("in");
            assertThat(in.text()).isEqualTo("hällo");
            assertThat(in.length()).isEqualTo(6);
            assertThat(in.remoteAddress()).isEqualTo("127.0.0.1");
            assertThat(in.remotePort()).isEqualTo(peer.getLocalPort());
            assertThat(in.connection())
                    .isEqualTo(sluice.listener("echo")
                            .transport()
                            .connections()
                            .iterator()
                            .next()
                            .connection());
            TappedFrame out = next(tap);
            assertThat(out.direction()).isEqualTo("out");
            assertThat(out.text()).isEqualTo("hällo\n");
            assertThat(out.frames()).isEqualTo(1);
            assertThat(out.skipped()).isZero();

            peer.getOutputStream().write(new byte[] {(byte) 0xFF, 0x7F, '\n'});
            TappedFrame bytes = next(tap);
            assertThat(bytes.text()).isNull();
            assertThat(bytes.hex()).isEqualTo("ff7f");
        }
    }

    @Test
    void greetingsAreSeenAndWhoADeviceIs() throws Exception {
        OpenTap tap = open("greeter");
        try (Socket peer = sluice.connect("greeter")) {
            assertThat(next(tap).text()).isEqualTo("hi!");
            peer.getOutputStream().write("I am pump-7\n".getBytes(UTF_8));
            assertThat(next(tap).identity()).isNull();
            peer.getOutputStream().write("on\n".getBytes(UTF_8));
            assertThat(next(tap).identity()).isEqualTo("pump-7");
        }
    }

    @Test
    void ofALongFrameTheBeginningIsSeen() throws Exception {
        OpenTap tap = open("echo");
        assertThat(sluice.converse("echo", "x".repeat(5000) + "\n")).hasSize(5001);
        TappedFrame in = next(tap);
        assertThat(in.length()).isEqualTo(5000);
        assertThat(in.text()).hasSize(4096);
        assertThat(in.cut()).isTrue();
    }

    @Test
    void datagramsAreSeen() throws Exception {
        OpenTap tap = open("chat");
        try (DatagramSocket peer = new DatagramSocket()) {
            sluice.sendDatagram(peer, "chat", new byte[] {(byte) 0xE4, (byte) 0xF6});
            RunningSluice.receiveDatagram(peer);
            TappedFrame in = next(tap);
            assertThat(in.direction()).isEqualTo("in");
            assertThat(in.text()).isEqualTo("äö");
            assertThat(in.connection()).isEqualTo("127.0.0.1:" + peer.getLocalPort());
            TappedFrame out = next(tap);
            assertThat(out.direction()).isEqualTo("out");
            assertThat(out.text()).isEqualTo("ok");
        }
    }

    @Test
    void moreThanTwentyASecondAreCounted() throws Exception {
        OpenTap tap = open("greeter");
        try (Socket peer = sluice.connect("greeter")) {
            peer.getOutputStream().write("one\n".repeat(1000).getBytes(UTF_8));
            await().until(() -> sluice.traffic("greeter").received.sum() >= 1000);
            // Behind the greeting.
            int seen = 0;
            long skipped = 0;
            while (seen + skipped < 1001) {
                TappedFrame frame = next(tap);
                seen += frame.frames();
                skipped += frame.skipped();
            }
            assertThat(seen).isBetween(15, 20);
            assertThat(seen + skipped).isEqualTo(1001);
            // A second later there is leave for more.
            await().untilAsserted(() -> {
                peer.getOutputStream().write("two\n".getBytes(UTF_8));
                TappedFrame frame = tap.poll(Duration.ofSeconds(1));
                assertThat(frame).isNotNull();
                assertThat(frame.text()).isEqualTo("two");
            });
        }
    }

    @Test
    void whatAListenerKeepsToItselfIsNotSeen() throws Exception {
        OpenTap tap = open("counted");
        assertThat(sluice.converse("counted", "hidden\n")).isEqualTo("hidden\n");
        TappedFrame in = next(tap);
        assertThat(in.length()).isEqualTo(6);
        assertThat(in.text()).isNull();
        assertThat(in.hex()).isNull();
        assertThatThrownBy(() -> taps.open("secret", "ann"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("listener 'secret' shows nobody its traffic: 'tap' is 'off'. Write 'length' or 'payload' to"
                        + " allow it");
        assertThatThrownBy(() -> taps.open("none", "ann")).hasMessage("there is no listener 'none'");
    }

    @Test
    void fiveLookAtOnceAndNobodyMore() throws Exception {
        for (int i = 0; i < Taps.MOST; i++) {
            open("echo");
        }
        assertThat(taps.open("greeter", "bob")).isEmpty();
        OpenTap closed = open.getFirst();
        closed.close();
        closed.close();
        assertThat(closed.ended()).contains("closed");
        assertThat(closed.poll(Duration.ofSeconds(9))).isNull();
        OpenTap another = open("greeter");
        assertThat(taps.open("greeter", "bob")).isEmpty();
        assertThat(another.ended()).isEmpty();
    }

    @Test
    void itEndsByItselfAndMakesRoomForOthers() throws InterruptedException {
        Taps brief = new Taps(sluice.bean(Listeners.class), Duration.ofMillis(1));
        OpenTap first = brief.open("echo", "ann").orElseThrow();
        await().until(() -> first.poll(Duration.ZERO) == null && first.ended().isPresent());
        assertThat(first.ended()).contains("time");
        // Those whom nobody asks any more end when others want to look.
        for (int i = 0; i < Taps.MOST; i++) {
            brief.open("echo", "ann").orElseThrow();
        }
        await().until(() -> brief.open("echo", "ann").isPresent());
        brief.destroy();
        assertThat(sluice.listener("echo").transport().tap().onlookers()).isNull();
    }

    @Test
    void whenNobodyLooksNothingIsLeftBehind() throws IOException {
        OpenTap tap = open("echo");
        assertThat(sluice.listener("echo").transport().tap().onlookers()).isNotNull();
        tap.close();
        assertThat(sluice.listener("echo").transport().tap().onlookers()).isNull();
        assertThat(sluice.converse("echo", "on\n")).isEqualTo("on\n");
    }
}
