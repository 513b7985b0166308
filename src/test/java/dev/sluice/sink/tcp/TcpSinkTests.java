package dev.sluice.sink.tcp;

import static dev.sluice.sink.CheckedDeclaration.checked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Failure.Kind;
import dev.sluice.sink.FrameServer;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SocketServer;
import dev.sluice.sink.WireMessage;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.framing.FramingProperties.OnMismatch;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Order;
import dev.sluice.transport.framing.FramingProperties.Type;
import dev.sluice.transport.framing.SampleFramings;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.util.unit.DataSize;

@Timeout(60)
final class TcpSinkTests {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "RAW")
    void framesMessagesAndUnframesAnswers(Type type) throws Exception {
        FramingProperties framing = framing(type);
        try (FrameServer server = new FrameServer(0, framing.toFraming(), _ -> Optional.of("taken"));
                Sink sink = sink(server.port(), framing, "taken", LONG)) {
            Confirmation<Failure> confirmation = sink.send(WireMessage.of("hello", "world"));

            assertThat(confirmation.complete()).isTrue();
            assertThat(List.of(server.next(), server.next())).containsExactly("hello", "world");
        }
    }

    @ParameterizedTest
    @EnumSource
    void sendsWithoutAwaitingAnswers(Type type) throws Exception {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (SocketServer server = new SocketServer((in, _) -> in.transferTo(received));
                Sink sink = sink(server.port(), framing(type), null, LONG)) {
            Confirmation<Failure> confirmation = sink.send(WireMessage.of("hello", "world"));

            assertThat(confirmation.complete()).isTrue();
            await().untilAsserted(() -> assertThat(received.toString(UTF_8)).containsSubsequence("hello", "world"));
        }
    }

    @Test
    void takesAnAnswerWithoutBoundariesByItsLength() throws Exception {
        try (SocketServer server = new SocketServer((in, out) -> {
                    in.readNBytes(10);
                    out.write("OKO".getBytes(UTF_8));
                    out.write("K".getBytes(UTF_8));
                    in.read();
                });
                Sink sink = sink(server.port(), framing(Type.RAW), "OK", LONG)) {
            assertThat(sink.send(WireMessage.of("hello", "world")).complete()).isTrue();
        }
    }

    @Test
    void keepsOneConnectionAndTheOrder() throws Exception {
        try (FrameServer server = FrameServer.answering("OK");
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            for (int i = 0; i < 3; i++) {
                assertThat(sink.send(WireMessage.numbered(20_000)).complete()).isTrue();
                for (int number = 1; number <= 20_000; number++) {
                    assertThat(server.next()).isEqualTo(Integer.toString(number));
                }
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"OCTET_COUNTED, 5", "MLLP, 6", "STX_ETX, 5"})
    void keepsTheConnectionThoughALineBreakFollowsEachAnswer(Type type, int frameSize) throws Exception {
        Framing framing = framing(type).toFraming();
        FrameBuffer answer = new FrameBuffer();
        framing.encode("OK".getBytes(UTF_8), answer);
        answer.append(new byte[] {'\r', '\n'});
        try (SocketServer server = new SocketServer((in, out) -> {
                    while (in.readNBytes(frameSize).length > 0) {
                        out.write(answer.toByteArray());
                    }
                });
                Sink sink = sink(server.port(), framing(type), "OK", LONG)) {
            for (int i = 0; i < 10; i++) {
                assertThat(sink.send(WireMessage.of("one")).complete()).isTrue();
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void takesTheAnswerThatTheServerBeganAnew() throws Exception {
        try (SocketServer server = new SocketServer((in, out) -> {
                    in.readNBytes(10);
                    out.write("\u0002O\u0002OK\u0003\u0002OK\u0003".getBytes(UTF_8));
                    in.read();
                });
                Sink sink = sink(server.port(), framing(Type.STX_ETX), "OK", LONG)) {
            assertThat(sink.send(WireMessage.of("one", "two")).complete()).isTrue();
        }
    }

    @Test
    void writesAllBeforeItAwaitsAnswers() throws Exception {
        try (SocketServer server = new SocketServer((in, out) -> {
                    in.readNBytes(3 * "hello\n".length());
                    out.write("OK\nOK\r\nOK\n".getBytes(UTF_8));
                    in.read();
                });
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            assertThat(sink.send(WireMessage.of("hello", "hello", "hello")).complete())
                    .isTrue();
        }
    }

    @Test
    void aRefusalIsThatOfItsMessageAlone() throws Exception {
        AtomicReference<String> full = new AtomicReference<>("\u001B[31m full");
        try (FrameServer server = new FrameServer(
                        0, new Framing.Line(), text -> Optional.of(text.equals("b 1") ? full.get() : "OK"));
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            Confirmation<Failure> confirmation = sink.send(messages("a 1", "b 1", "c 1", "a 2"));

            assertThat(failures(confirmation, 4))
                    .containsExactly(
                            null,
                            Failure.passing(
                                    "localhost:" + server.port() + ": answered '\\x1B[31m full' instead of 'OK'"),
                            null,
                            null);

            full.set("OK");
            assertThat(sink.send(messages("b 1", "b 2")).complete()).isTrue();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatIsBehindARefusalInItsStreamIsHeldAndNotSentAgainWhileThatIsRefused() throws Exception {
        AtomicBoolean refusing = new AtomicBoolean(true);
        try (FrameServer server = new FrameServer(
                        0,
                        new Framing.Line(),
                        text -> Optional.of(text.equals("a 2") && refusing.get() ? "no" : "OK"));
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            Confirmation<Failure> first = sink.send(messages("a 1", "a 2", "a 3", "a 4"));
            List<WireMessage> left = messages("a 2", "a 3", "a 4");
            Confirmation<Failure> second = sink.send(left);

            assertThat(kinds(first, 4)).containsExactly(null, Kind.PASSING, Kind.HELD, Kind.HELD);
            assertThat(kinds(second, 3)).containsExactly(Kind.PASSING, Kind.HELD, Kind.HELD);
            refusing.set(false);
            assertThat(sink.send(left).complete()).isTrue();
            assertThat(server.received()).containsExactly("a 1", "a 2", "a 3", "a 4", "a 2", "a 2", "a 3", "a 4");
        }
    }

    @Test
    void aDatagramThatIsRefusedHoldsUpThoseOfItsSourceAloneAndNoneIsConfirmedUnsent() throws Exception {
        List<WireMessage> messages = List.of(
                WireMessage.datagram("192.0.2.1", 1, "bad"),
                WireMessage.datagram("192.0.2.1", 2, "behind"),
                WireMessage.datagram("192.0.2.2", 3, "other"));
        try (FrameServer server =
                        new FrameServer(0, new Framing.Line(), text -> Optional.of(text.equals("bad") ? "no" : "OK"));
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            Confirmation<Failure> together = sink.send(messages);
            Confirmation<Failure> oneByOne = sink.send(messages);

            assertThat(kinds(together, 3)).containsExactly(Kind.PASSING, Kind.HELD, null);
            assertThat(kinds(oneByOne, 3)).containsExactly(Kind.PASSING, Kind.HELD, null);
            assertThat(server.received()).containsExactly("bad", "behind", "other", "bad", "other");
        }
    }

    @Test
    void othersGoByANewConnectionWhereTheServerEndsOneOverAMessage() throws Exception {
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        try (SocketServer server = new SocketServer((in, out) -> {
                    BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8));
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        received.add(line);
                        if (line.equals("b 1")) {
                            return;
                        }
                        out.write((line.equals("a 2") ? "no\n" : "OK\n").getBytes(UTF_8));
                        if (line.equals("a 2")) {
                            return;
                        }
                    }
                });
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            Confirmation<Failure> confirmation = sink.send(messages("a 1", "a 2", "a 3", "b 1", "b 2", "c 1", "c 2"));

            assertThat(kinds(confirmation, 7))
                    .containsExactly(null, Kind.PASSING, Kind.HELD, Kind.PASSING, Kind.HELD, null, null);
            assertThat(received).containsExactly("a 1", "a 2", "b 1", "c 1", "c 2");
        }
    }

    @Test
    void aServerThatEndsEveryConnectionIsAway() throws Exception {
        try (SocketServer server = new SocketServer((in, _) -> in.read());
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            Confirmation<Failure> confirmation = sink.send(messages("a 1", "a 2", "b 1", "b 2", "c 1", "c 2"));

            assertThat(kinds(confirmation, 6))
                    .containsExactly(Kind.PASSING, Kind.HELD, Kind.PASSING, Kind.HELD, Kind.PASSING, Kind.HELD);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void anAnswerWithoutBoundariesThatWasNotExpectedIsThatOfItsMessageAlone() throws Exception {
        try (SocketServer server = new SocketServer((in, out) -> {
                    for (byte[] message = in.readNBytes(3); message.length == 3; message = in.readNBytes(3)) {
                        out.write((message[0] == 'b' ? "REFUSED" : "OK").getBytes(UTF_8));
                    }
                });
                Sink sink = sink(server.port(), framing(Type.RAW), "OK", LONG)) {
            Confirmation<Failure> confirmation = sink.send(messages("a 1", "b 1", "c 1"));

            assertThat(kinds(confirmation, 3)).containsExactly(null, Kind.PASSING, null);
        }
    }

    @Test
    void shortensAnAnswerThatWasNotExpected() throws Exception {
        try (FrameServer server = FrameServer.answering("x".repeat(10_000));
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            assertThat(sink.send(WireMessage.of("a")).failure(0).reason()).hasSizeLessThan(200);
        }
    }

    @Test
    void givesUpOnAnAnswerThatDoesNotCome() throws Exception {
        try (FrameServer server = FrameServer.silent();
                Sink sink = sink(server.port(), line(), "OK", SHORT)) {
            assertThat(sink.send(WireMessage.of("a")).failure(0))
                    .isEqualTo(Failure.passing("localhost:" + server.port() + ": no answer within 0.3 s"));
        }
    }

    @Test
    void tellsHowFarAnAnswerCame() throws Exception {
        try (SocketServer server = new SocketServer((in, out) -> {
                    out.write("O".getBytes(UTF_8));
                    in.readAllBytes();
                });
                Sink sink = sink(server.port(), line(), "OK", SHORT)) {
            assertThat(sink.send(WireMessage.of("a")).failure(0).reason())
                    .endsWith("no whole answer, only 'O' within 0.3 s");
        }
    }

    @Test
    void takesNoAnswerForThatToALaterMessage() throws Exception {
        try (SocketServer server = new SocketServer((in, out) -> {
                    in.read();
                    out.write("OK\nOK\n".getBytes(UTF_8));
                    in.readAllBytes();
                });
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            assertThat(sink.send(WireMessage.of("a")).complete()).isTrue();
            assertThat(sink.send(WireMessage.of("b")).complete()).isTrue();

            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void failsIfTheServerClosesInsteadOfAnswering() throws Exception {
        try (SocketServer server = new SocketServer((in, _) -> in.readNBytes(2));
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            assertThat(sink.send(WireMessage.of("a")).failure(0))
                    .isEqualTo(
                            Failure.passing("localhost:" + server.port() + ": the server has closed the connection"));
        }
    }

    @Test
    void noticesBeforeItWritesThatTheServerHasClosed() throws Exception {
        AtomicInteger conversations = new AtomicInteger();
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch closed = new CountDownLatch(1);
        try (SocketServer server = new SocketServer((in, out) -> {
                    received.add(new String(in.readNBytes(2), UTF_8));
                    if (conversations.getAndIncrement() > 0) {
                        in.readAllBytes();
                    }
                    out.close();
                    closed.countDown();
                });
                Sink sink = sink(server.port(), line(), null, LONG)) {
            assertThat(sink.send(WireMessage.of("a")).complete()).isTrue();
            closed.await();
            assertThat(sink.send(WireMessage.of("b")).complete()).isTrue();

            await().untilAsserted(() -> assertThat(received).startsWith("a\n", "b\n"));
        }
    }

    @Test
    void boundsAWriteToAServerThatDoesNotRead() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        byte[] large = new byte[32 * 1024 * 1024];
        try (SocketServer server = new SocketServer((_, _) -> over.await());
                Sink sink = sink(server.port(), line(), null, SHORT)) {
            assertThat(sink.send(List.of(WireMessage.of(1, large))).failure(0))
                    .isEqualTo(
                            Failure.passing("localhost:" + server.port() + ": the server does not read within 0.3 s"));
        } finally {
            over.countDown();
        }
    }

    @Test
    void dropsWhatAServerSaysThatWouldNotReadOtherwise() throws Exception {
        byte[] large = new byte[32 * 1024 * 1024];
        try (SocketServer server = new SocketServer((in, out) -> in.transferTo(out));
                Sink sink = sink(server.port(), line(), null, Duration.ofSeconds(5))) {
            assertThat(sink.send(List.of(WireMessage.of(1, large))).complete()).isTrue();
        }
    }

    @Test
    void worksAgainWhenTheServerIsBack() throws Exception {
        int port = Ports.free();
        FrameServer first = new FrameServer(port, new Framing.Line(), _ -> Optional.of("OK"));
        try (Sink sink = sink(port, line(), "OK", LONG)) {
            assertThat(sink.send(WireMessage.of("a")).complete()).isTrue();

            first.close();
            // What the server still had in hand when it was closed may be answered, or broken off.
            await().untilAsserted(
                            () -> assertThat(sink.send(WireMessage.of("b", "c")).failure(1))
                                    .isEqualTo(Failure.passing("localhost:" + port + ": Connection refused")));

            try (FrameServer second = new FrameServer(port, new Framing.Line(), _ -> Optional.of("OK"))) {
                assertThat(sink.send(WireMessage.of("b", "c")).complete()).isTrue();
                assertThat(second.next()).isEqualTo("b");
            }
        }
    }

    @Test
    void poisonIsTheMessageAloneThatTheFramingCannotCarry() throws Exception {
        try (FrameServer server = FrameServer.answering("OK");
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            Confirmation<Failure> confirmation = sink.send(WireMessage.of("a", "two\nlines", "b"));

            assertThat(confirmation.failure(0)).isNull();
            assertThat(confirmation.failure(1))
                    .isEqualTo(
                            Failure.poison("the sink's framing can't carry it: the payload holds the end of a frame"));
            assertThat(confirmation.failure(2)).isNull();
            assertThat(List.of(server.next(), server.next())).containsExactly("a", "b");
        }
    }

    @Test
    void anEmptyMessageThatWouldBePassedOverIsPoison() throws Exception {
        try (SocketServer server = new SocketServer((in, _) -> in.readAllBytes());
                Sink sink = sink(server.port(), framing(Type.OCTET_COUNTED), null, LONG)) {
            Confirmation<Failure> confirmation = sink.send(WireMessage.of("a", "", "b"));

            assertThat(IntStream.range(0, 3).mapToObj(confirmation::failure))
                    .containsExactly(
                            null,
                            Failure.poison("the sink's framing can't carry it: a counted message is never empty"),
                            null);
        }
    }

    @ParameterizedTest
    @CsvSource({"STX_ETX, 2", "MLLP, 11"})
    void aMessageThatHoldsTheStartOfAFrameIsPoison(Type type, int start) throws Exception {
        try (SocketServer server = new SocketServer((in, _) -> in.readAllBytes());
                Sink sink = sink(server.port(), framing(type), null, LONG)) {
            assertThat(sink.send(WireMessage.of("a" + (char) start + "b")).failure(0))
                    .isEqualTo(Failure.poison(
                            "the sink's framing can't carry it: the payload holds the start of a frame"));
        }
    }

    @Test
    void confirmsWhatWasAnsweredThoughPoisonStoodBeforeIt() throws Exception {
        try (FrameServer server =
                        new FrameServer(0, new Framing.Line(), text -> Optional.of(text.equals("c") ? "no" : "OK"));
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            Confirmation<Failure> confirmation = sink.send(WireMessage.of("\n", "a", "\n", "b", "c"));

            assertThat(IntStream.range(0, 5).mapToObj(confirmation::failure).map(Optional::ofNullable))
                    .extracting(failure -> failure.map(Failure::poison))
                    .containsExactly(
                            Optional.of(true),
                            Optional.empty(),
                            Optional.of(true),
                            Optional.empty(),
                            Optional.of(false));
        }
    }

    @Test
    void servesManyCallersOneAfterTheOther() throws Exception {
        try (FrameServer server = FrameServer.answering("OK");
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            List<CompletableFuture<Confirmation<Failure>>> sent = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                CompletableFuture<Confirmation<Failure>> confirmation = new CompletableFuture<>();
                sent.add(confirmation);
                Thread.startVirtualThread(() -> {
                    try {
                        confirmation.complete(sink.send(WireMessage.numbered(10)));
                    } catch (InterruptedException ex) {
                        confirmation.completeExceptionally(ex);
                    }
                });
            }

            assertThat(sent)
                    .allSatisfy(confirmation ->
                            assertThat(confirmation.get().complete()).isTrue());
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void anInterruptEndsTheWaitAndTheConnection() throws Exception {
        try (FrameServer server = FrameServer.silent();
                Sink sink = sink(server.port(), line(), "OK", LONG)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread sender = Thread.ofPlatform().start(() -> {
                try {
                    sink.send(WireMessage.of("a"));
                } catch (InterruptedException ex) {
                    thrown.set(ex);
                }
            });
            server.next();
            sender.interrupt();
            sender.join(10_000);

            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void failsForAHostThatIsUnknown() throws Exception {
        try (Sink sink =
                new TcpSink("upstream", new TcpSinkProperties("no-such-host.invalid", 9, line(), null, LONG))) {
            assertThat(sink.send(WireMessage.of("a")).failure(0))
                    .isEqualTo(Failure.passing("no-such-host.invalid:9: unknown host"));
        }
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink(0, line(), null, LONG))
                .withMessage("sluice.sinks.upstream.tcp.port: must be from 1 to 65535");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink(9, line(), null, Duration.ZERO))
                .withMessage("sluice.sinks.upstream.tcp.timeout: must be more than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink(9, SampleFramings.of(Type.DELIMITED), null, LONG))
                .withMessageStartingWith("sluice.sinks.upstream.tcp.framing.delimiter: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink(9, framing(Type.FIXED), "OK", LONG))
                .withMessageStartingWith("sluice.sinks.upstream.tcp.expect: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink(9, framing(Type.RAW), "", LONG))
                .withMessageStartingWith("sluice.sinks.upstream.tcp.expect: ");
    }

    /** Of the streams that the payloads name, each counted from 1. */
    private static List<WireMessage> messages(String... payloads) {
        return Stream.of(payloads)
                .map(payload -> WireMessage.of(
                        payload.substring(0, 1), Integer.parseInt(payload.substring(2)), payload.getBytes(UTF_8)))
                .toList();
    }

    private static List<@Nullable Failure> failures(Confirmation<Failure> confirmation, int messages) {
        return IntStream.range(0, messages).mapToObj(confirmation::failure).toList();
    }

    private static List<@Nullable Kind> kinds(Confirmation<Failure> confirmation, int messages) {
        List<@Nullable Kind> kinds = new ArrayList<>();
        failures(confirmation, messages).forEach(failure -> kinds.add(failure == null ? null : failure.kind()));
        return kinds;
    }

    private static FramingProperties line() {
        return SampleFramings.of(Type.LINE);
    }

    private static FramingProperties framing(Type type) {
        return new FramingProperties(
                type,
                DataSize.ofKilobytes(64),
                OnOversize.CLOSE,
                "|",
                2,
                Order.BIG,
                false,
                DataSize.ofBytes(5),
                type == Type.FRAMES ? List.of("'hello'", "'world'", "'taken'") : List.of(),
                null,
                OnMismatch.DROP,
                Map.of(),
                "");
    }

    private static Sink sink(int port, FramingProperties framing, String expect, Duration timeout) {
        return new TcpSink(
                "upstream",
                checked("upstream.tcp", new TcpSinkProperties("localhost", port, framing, expect, timeout)));
    }
}
