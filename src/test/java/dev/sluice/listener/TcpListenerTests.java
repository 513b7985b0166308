package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.messaging.handler.annotation.Header;

class TcpListenerTests {

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              listeners:
                greeter: { tcp: { address: 127.0.0.1, port: 0, greeting: "成功连接服务器!" }, reply.type: echo }
                silent: { tcp: { address: 127.0.0.1, port: 0 } }
                prefixed: { tcp: { address: 127.0.0.1, port: 0 }, framing: { type: length-prefixed, max-size: 32MB }, reply.type: echo }
                mllp: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: mllp, reply.type: echo }
                broken: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: mllp, reply.type: echo }
                begun: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: mllp, timeouts.frame: 1s, reply.type: echo }
                stx: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: stx-etx, reply.type: echo }
                syslog: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: octet-counted, reply.type: echo }
                small: { tcp: { address: 127.0.0.1, port: 0 }, framing.max-size: 8B, reply.type: echo }
                skipping: { tcp: { address: 127.0.0.1, port: 0 }, framing: { max-size: 8B, on-oversize: skip }, reply.type: echo }
                limited: { tcp: { address: 127.0.0.1, port: 0, greeting: "in" }, limits.max-connections: 2 }
                impatient: { tcp: { address: 127.0.0.1, port: 0 }, timeouts: { idle: 400ms, frame: 600ms }, reply.type: echo }
                deaf: { tcp: { address: 127.0.0.1, port: 0, send-buffer: 4KB }, timeouts.write: 500ms, reply.type: echo }
                slow: { tcp: { address: 127.0.0.1, port: 0, send-buffer: 4KB }, framing.max-size: 4MB, timeouts.write: 3s, reply.type: echo }
                text: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: text, text: "OK {sequence} {{{payload:hex}}" } }
                bean: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: bean, bean: orders } }
                answering: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: bean, bean: orders, on-failure: "ERR {reason}" } }
                fixed: { tcp: { address: 127.0.0.1, port: 0 }, framing: { type: fixed, size: 4 }, reply: { type: text, text: "no" } }
                whole: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: until-close, reply.type: echo }
            """, Beans.class);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        Orders orders() {
            return new Orders();
        }
    }

    static class Orders {

        @ServiceActivator
        public String take(String order, @Header(IpHeaders.CONNECTION_ID) String connection) {
            if (order.startsWith("bad")) {
                throw new IllegalArgumentException("no such item");
            }
            if (order.equals("interrupt")) {
                Thread.currentThread().interrupt();
            }
            return order.equals("quiet") ? null : order.toUpperCase() + " " + !connection.isEmpty();
        }
    }

    @Test
    void aConnectionThatHasNotBeenReadFromSaysThatItWasWhenItWasOpened() throws IOException {
        try (Socket socket = sluice.connect("silent")) {
            await().until(() ->
                    sluice.listener("silent").transport().connections().size() == 1);
            assertThat(sluice.listener("silent").transport().connections())
                    .singleElement()
                    .satisfies(connection -> assertThat(connection.lastReadAt()).isEqualTo(connection.openedAt()));
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @Test
    void greetsWithTheBytesAsWritten() throws IOException {
        try (Socket socket = sluice.connect("greeter")) {
            byte[] greeting = "成功连接服务器!".getBytes(StandardCharsets.UTF_8);
            assertThat(socket.getInputStream().readNBytes(greeting.length)).isEqualTo(greeting);
        }
    }

    @Test
    void sendsBackEveryLineAndEndsWhenThePeerHas() throws IOException {
        assertThat(sluice.converse("greeter", "one\ntwo\r\n\nlast")).isEqualTo("成功连接服务器!one\ntwo\n\nlast\n");
    }

    @Test
    void answersNothingWhereNoReplyIsAskedFor() throws IOException {
        assertThat(sluice.converse("silent", "one\ntwo\n")).isEmpty();
    }

    @Test
    void carriesFramesOfManyMegabytesInBothDirections() throws IOException {
        byte[] payload = new byte[20 * 1024 * 1024];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (i * 31 >>> 3);
        }
        try (Socket socket = sluice.connect("prefixed")) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(payload.length);
            out.write(payload);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(in.readInt()).isEqualTo(payload.length);
            assertThat(in.readNBytes(payload.length)).isEqualTo(payload);
        }
    }

    @Test
    void answersInOrderWhateverTheSizesOfWritesAre() throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (int i = 0; i < 20_000; i++) {
            sent.writeBytes(("message " + i + "x".repeat(i % 97) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        try (Socket socket = sluice.connect("greeter")) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    byte[] bytes = sent.toByteArray();
                    for (int from = 0; from < bytes.length; from += 1 + from % 1009) {
                        int to = Math.min(bytes.length, from + 1 + from % 1009);
                        socket.getOutputStream().write(bytes, from, to - from);
                    }
                    socket.shutdownOutput();
                } catch (IOException ex) {
                    throw new UncheckedIOException(ex);
                }
            });
            byte[] back = socket.getInputStream().readAllBytes();
            int greeting = "成功连接服务器!".getBytes(StandardCharsets.UTF_8).length;
            assertThat(Arrays.copyOfRange(back, greeting, back.length)).isEqualTo(sent.toByteArray());
            await().until(() -> !writer.isAlive());
        }
    }

    @Test
    void countsAFrameCutShortAsDropped() throws IOException {
        Traffic traffic = sluice.traffic("mllp");
        assertThat(sluice.converse("mllp", "\u000bwhole\u001c\r\u000bcut")).isEqualTo("\u000bwhole\u001c\r");
        await().untilAsserted(() ->
                assertThat(traffic.closed(Reason.Closed.PEER).sum()).isEqualTo(1));
        assertThat(traffic.received.sum()).isEqualTo(2);
        assertThat(traffic.accepted.sum()).isEqualTo(1);
        assertThat(traffic.dropped(Reason.Dropped.INCOMPLETE).sum()).isEqualTo(1);
        // What no frame begins with ends the connection.
        assertThat(sluice.converse("mllp", "GET / HTTP/1.1\r\n")).isEmpty();
        assertThat(traffic.dropped(Reason.Dropped.MALFORMED).sum()).isEqualTo(1);
        await().untilAsserted(() ->
                assertThat(traffic.closed(Reason.Closed.MALFORMED).sum()).isEqualTo(1));
    }

    @Test
    void dropsAFrameThatWasBrokenOffAndTakesTheOneBegunAnew() throws IOException {
        Traffic traffic = sluice.traffic("broken");
        assertThat(sluice.converse("broken", "\u000bon\u000bone\u001c\u000btwo\u001c\r\u000bthree\u001c\r"))
                .isEqualTo("\u000btwo\u001c\r\u000bthree\u001c\r");
        assertLedger(traffic, 4, 2);
        assertThat(sluice.converse("stx", "\2a\2b\3\r\n\2c")).isEqualTo("\2b\3");
        assertLedger(sluice.traffic("stx"), 3, 1);
        assertThat(sluice.traffic("stx").bytesPassedOver.sum()).isEqualTo(2);
    }

    @Test
    void aFrameBegunAnewHasItsWholeTime() throws Exception {
        try (Socket socket = sluice.connect("begun")) {
            OutputStream out = socket.getOutputStream();
            long start = System.nanoTime();
            for (int i = 1; i <= 8; i++) {
                out.write("\u000bbroken off".getBytes(StandardCharsets.UTF_8));
                long next = start + i * 250_000_000L;
                await().until(() -> System.nanoTime() >= next);
            }
            out.write("\u000blast\u001c\r".getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().readNBytes(7))
                    .isEqualTo("\u000blast\u001c\r".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void takesNoLineBreakBehindACountForAMessage() throws IOException {
        Traffic traffic = sluice.traffic("syslog");
        assertThat(sluice.converse("syslog", "5 hello\n5 world\r\n<1>line\n\n3 end\n"))
                .isEqualTo("5 hello5 world7 <1>line\n3 end");
        assertLedger(traffic, 5, 5);
        assertThat(traffic.bytesPassedOver.sum()).isEqualTo(4);
    }

    /** So many were read, so many of those accepted, and the others were not ended. */
    private static void assertLedger(Traffic traffic, int received, int accepted) {
        await().untilAsserted(() -> assertThat(traffic.received.sum()).isEqualTo(received));
        assertThat(traffic.accepted.sum()).isEqualTo(accepted);
        assertThat(traffic.dropped(Reason.Dropped.INCOMPLETE).sum()).isEqualTo(received - accepted);
    }

    @Test
    void answersWhatCameBeforeAFrameThatIsTooLargeAndThenCloses() throws IOException {
        assertThat(sluice.converse("small", "12345678\n123456789\nnext\n")).isEqualTo("12345678\n");
        assertThat(sluice.traffic("small").dropped(Reason.Dropped.OVERSIZE).sum())
                .isEqualTo(1);
    }

    @Test
    void skipsAFrameThatIsTooLargeIfAskedTo() throws IOException {
        String large = "9".repeat(300_000);
        assertThat(sluice.converse("skipping", "1\n" + large + "\n2\n" + large + "\n3"))
                .isEqualTo("1\n2\n3\n");
        assertThat(sluice.traffic("skipping").dropped(Reason.Dropped.OVERSIZE).sum())
                .isEqualTo(2);
    }

    @Test
    void whenTheConnectionLimitIsReachedTheNewConnectionIsClosed() throws IOException {
        try (Socket first = sluice.connect("limited");
                Socket second = sluice.connect("limited")) {
            assertThat(first.getInputStream().readNBytes(2)).hasSize(2);
            assertThat(second.getInputStream().readNBytes(2)).hasSize(2);
            try (Socket third = sluice.connect("limited")) {
                assertThatThrownBy(third.getInputStream()::read).hasMessageContaining("reset");
            }
            assertThat(sluice.traffic("limited")
                            .rejected(Reason.Rejected.MAX_CONNECTIONS)
                            .sum())
                    .isEqualTo(1);
        }
        await().untilAsserted(() -> {
            try (Socket again = sluice.connect("limited")) {
                assertThat(again.getInputStream().readNBytes(2)).hasSize(2);
            }
        });
    }

    @Test
    void closesAConnectionThatIsIdle() throws IOException {
        try (Socket socket = sluice.connect("impatient")) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> assertThat(
                        sluice.traffic("impatient").closed(Reason.Closed.IDLE).sum())
                .isPositive());
    }

    @Test
    void closesAConnectionWhoseFrameDripsForTooLong() throws IOException {
        long begun = System.nanoTime();
        try (Socket socket = sluice.connect("impatient")) {
            socket.setSoTimeout(100);
            while (true) {
                socket.getOutputStream().write('x');
                try {
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                    break;
                } catch (SocketTimeoutException ex) {
                    assertThat(System.nanoTime() - begun).isLessThan(20_000_000_000L);
                }
            }
        }
        await().untilAsserted(() -> assertThat(sluice.traffic("impatient")
                        .closed(Reason.Closed.FRAME_TIMEOUT)
                        .sum())
                .isPositive());
    }

    @Test
    void closesAConnectionThatDoesNotReadItsAnswersAndServesOthersMeanwhile() throws IOException {
        byte[] line = ("y".repeat(60_000) + "\n").getBytes(StandardCharsets.US_ASCII);
        Traffic traffic = sluice.traffic("deaf");
        try (Socket socket = sluice.connect("deaf")) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        socket.getOutputStream().write(line);
                    }
                } catch (IOException ex) {
                    // Closed on us, as it should be.
                }
            });
            await().untilAsserted(() -> {
                assertThat(sluice.converse("deaf", "hello\n")).isEqualTo("hello\n");
                assertThat(traffic.closed(Reason.Closed.WRITE_TIMEOUT).sum()).isEqualTo(1);
            });
            await().until(() -> !writer.isAlive());
        }
    }

    @Test
    void letsAPeerReadALongAnswerForLongerThanTheWriteTimeoutAsLongAsItReads() throws Exception {
        byte[] line = ("z".repeat(3 * 1024 * 1024) + "\n").getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket();
                ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor()) {
            socket.setReceiveBufferSize(4 * 1024);
            socket.setSoTimeout(20_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sluice.port("slow")));
            socket.getOutputStream().write(line);
            long begun = System.nanoTime();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            Future<?> reading = pace.scheduleAtFixedRate(
                    () -> {
                        try {
                            answer.writeBytes(socket.getInputStream()
                                    .readNBytes(Math.min(64 * 1024, line.length - answer.size())));
                        } catch (IOException ex) {
                            throw new UncheckedIOException(ex);
                        }
                    },
                    0,
                    90,
                    TimeUnit.MILLISECONDS);
            await().atMost(Duration.ofSeconds(60)).until(() -> reading.isDone() || answer.size() >= line.length);
            reading.cancel(false);
            assertThat(answer.toByteArray()).isEqualTo(line);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void rendersTextForEachMessage() throws IOException {
        assertThat(sluice.converse("text", "a\nbc\n")).isEqualTo("OK 1 {61}\nOK 2 {6263}\n");
    }

    @Test
    void asksABeanForTheReply() throws IOException {
        assertThat(sluice.converse("bean", "tea\nquiet\nmilk\n")).isEqualTo("TEA true\nMILK true\n");
    }

    @Test
    void aBeanThatLeavesItsThreadInterruptedEndsNothing() throws IOException {
        try (Socket socket = sluice.connect("bean")) {
            socket.getOutputStream().write("interrupt\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(15)).asString().isEqualTo("INTERRUPT true\n");
            socket.getOutputStream().write("tea\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(9)).asString().isEqualTo("TEA true\n");
        }
    }

    @Test
    void closesTheConnectionWhenABeanFailsAndThereIsNoAnswerForThat() throws IOException {
        Traffic traffic = sluice.traffic("bean");
        long failedBefore = traffic.failed.sum();
        assertThat(sluice.converse("bean", "tea\nbad\nmilk\n")).isEqualTo("TEA true\n");
        await().untilAsserted(() -> assertThat(traffic.failed.sum()).isEqualTo(failedBefore + 1));
        await().untilAsserted(
                        () -> assertThat(traffic.dropped(Reason.Dropped.CLOSED).sum())
                                .as("milk")
                                .isEqualTo(1));
        assertThat(traffic.received.sum()).isEqualTo(traffic.accepted.sum() + traffic.failed.sum() + 1);
    }

    @Test
    void answersWithTheReasonWhenABeanFailsAndCarriesOn() throws IOException {
        assertThat(sluice.converse("answering", "tea\nbad\nmilk\n"))
                .isEqualTo("TEA true\nERR no such item\nMILK true\n");
    }

    @Test
    void failsAMessageWhoseReplyTheFramingCannotCarry() throws IOException {
        assertThat(sluice.converse("fixed", "1234")).isEmpty();
        await().untilAsserted(
                        () -> assertThat(sluice.traffic("fixed").failed.sum()).isEqualTo(1));
    }

    @Test
    void takesAllUntilThePeerEndsItsSideAsOneMessage() throws IOException {
        byte[] all = new byte[60_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertThat(sluice.converse("whole", all)).isEqualTo(all);
    }
}
