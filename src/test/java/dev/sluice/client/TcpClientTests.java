package dev.sluice.client;

import static dev.sluice.client.ClientRun.client;
import static dev.sluice.client.TestServer.GREETING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TcpClientTests {

    @Test
    void printsTheGreetingOfAServerThatSendsItAndKeepsTheConnectionOpen() throws Exception {
        try (TestServer server = TestServer.saying(GREETING.getBytes(UTF_8))) {
            ClientRun run = client("localhost", server.port(), "--wait");

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo(GREETING + "\n");
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void waitsForTheRestOfACharacterThatASegmentHasCut() throws Exception {
        byte[] greeting = GREETING.getBytes(UTF_8);
        try (TestServer server = new TestServer((socket, in, out) -> {
            for (byte b : greeting) {
                out.write(b);
            }
            in.readAllBytes();
        })) {
            ClientRun run = client("localhost", server.port(), "--wait");

            assertThat(run.out()).isNotBlank().doesNotContain("\uFFFD");
            assertThat(GREETING).startsWith(run.out().strip());
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void readsAtMost1024BytesOfAGreetingAndCutsNoCharacter() throws Exception {
        try (TestServer server = TestServer.saying("成".repeat(1000).getBytes(UTF_8))) {
            ClientRun run = client("localhost", server.port(), "--wait");

            assertThat(run.out()).matches("成{1,341}\n");
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void printsALineBreakOfTheGreetingOnce() throws Exception {
        try (TestServer server = TestServer.saying("220 ready\r\n".getBytes(UTF_8))) {
            assertThat(client("localhost", server.port(), "--wait").out()).isEqualTo("220 ready\r\n");
        }
    }

    @Test
    void printsTheGreetingAsHexadecimalDigits() throws Exception {
        try (TestServer server = TestServer.saying(new byte[] {(byte) 0xFF, 0x0A})) {
            assertThat(client("localhost", server.port(), "--wait", "--hex").out())
                    .isEqualTo("ff0a\n");
        }
    }

    @Test
    void gluesTheGreetingToTheFirstAnswerUnlessToldThatThereIsOne() throws Exception {
        try (TestServer server = TestServer.greeting()) {
            assertThat(client("localhost", server.port(), "hello", "世界").out()).isEqualTo(GREETING + "hello\n世界\n");
        }
    }

    @Test
    void printsTheGreetingOnItsOwnLineBeforeItSends() throws Exception {
        try (TestServer server = TestServer.greeting()) {
            ClientRun run = client("localhost", server.port(), "--greeting", "hello", "世界");

            assertThat(run.out()).isEqualTo(GREETING + "\nhello\n世界\n");
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void takesTheGreetingOutOfTheWayOfBinaryFrames() throws Exception {
        try (TestServer server = TestServer.greeting()) {
            ClientRun run = client("localhost", server.port(), "--greeting", "--framing", "varint", "hello");

            assertThat(run.out()).isEqualTo(GREETING + "\nhello\n");
        }
    }

    @Test
    void endsAfterTheCountOfAnswersThoughTheServerKeepsTheConnectionOpen() throws Exception {
        try (TestServer server = TestServer.saying("a\nb\nc\n".getBytes(UTF_8))) {
            ClientRun run = client("localhost", server.port(), "x", "--count", "2");

            assertThat(run.out()).isEqualTo("a\nb\n");
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void endsAfterTheCountOfAnswersThoughStandardInputGoesOn() throws Exception {
        try (TestServer server = TestServer.echo();
                PipedOutputStream typing = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(typing)) {
            typing.write("first\nsecond\n".getBytes(UTF_8));
            typing.flush();

            assertThat(client(input, false, "localhost", server.port(), "--count", "1")
                            .out())
                    .isEqualTo("first\n");
        }
    }

    @Test
    void endsWithTheServerThoughStandardInputGoesOn() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> {
                    in.read();
                    out.write("bye\n".getBytes(UTF_8));
                });
                PipedOutputStream typing = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(typing)) {
            typing.write('\n');
            typing.flush();
            ClientRun run = client(input, false, "localhost", server.port());

            assertThat(run.out()).isEqualTo("bye\n");
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void sendsEveryArgumentThoughOneAnswerIsEnough() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer((socket, in, out) -> {
            out.write("enough\n".getBytes(UTF_8));
            received.add(new String(in.readAllBytes(), UTF_8));
        })) {
            assertThat(client("localhost", server.port(), "a", "", "@c", "--count", "1", "--", "--d")
                            .code())
                    .isZero();
            assertThat(received.take()).isEqualTo("a\n\n@c\n--d\n");
        }
    }

    @Test
    void printsNoAnswersIfNoneAreWanted() throws Exception {
        try (TestServer server = TestServer.echo()) {
            ClientRun run = client("localhost", server.port(), "--count", "0", "one way");

            assertThat(run.outBytes()).isEmpty();
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void echoesMoreThanAllBuffersHold() throws Exception {
        byte[] lines =
                "0123456789012345678901234567890123456789\n".repeat(400_000).getBytes(UTF_8);
        try (TestServer server = TestServer.echo()) {
            ClientRun run = client(lines, "localhost", server.port());

            assertThat(run.outBytes()).isEqualTo(lines);
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void endsTheLastLineOfStandardInput() throws Exception {
        try (TestServer server = TestServer.echo()) {
            assertThat(client("a\nb".getBytes(UTF_8), "localhost", server.port())
                            .out())
                    .isEqualTo("a\nb\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "line, ''",
        "crlf, ''",
        "nul, ''",
        "delimited, --delimiter=0x1D0D",
        "length-prefixed, --length-bytes=2",
        "length-prefixed, --byte-order=little",
        "length-prefixed, --length-includes-header",
        "varint, ''",
        "fixed, --size=5",
        "stx-etx, ''",
        "mllp, ''",
        "octet-counted, ''"
    })
    void framesMessagesAndUnframesAnswers(String framing, String option) throws Exception {
        try (TestServer server = TestServer.echo()) {
            String[] key = option.isEmpty() ? new String[0] : new String[] {option};
            String[] args =
                    concat(new String[] {"localhost", server.port(), "--framing", framing, "hello", "world"}, key);

            ClientRun run = client(args);

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo("hello\nworld\n");
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void tellsOfAnAnswerThatWasBrokenOffForAnother() throws Exception {
        try (TestServer server =
                TestServer.saying("\u000bon\u001c\u000bone\u001c\r\u000btwo\u001c\r".getBytes(UTF_8))) {
            ClientRun run = client("localhost", server.port(), "--framing", "mllp", "--count", "2", "hello");

            assertThat(run.out()).isEqualTo("one\ntwo\n");
            assertThat(run.err()).contains("broke off 1 answer to begin another, after 1 message sent and 2 answers");
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void takesNoLineBreakBehindACountForAnAnswer() throws Exception {
        try (TestServer server = TestServer.saying("3 one\n3 two\r\n".getBytes(UTF_8))) {
            ClientRun run = client("localhost", server.port(), "--framing", "octet-counted", "hello");

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo("one\ntwo\n");
        }
    }

    @Test
    void speaksInFramesThatPatternsDescribe() throws Exception {
        String[] frames = {
            "--frame", "7878 ({length:u8-2} {*}) {checksum} 0D0A", "--frame", "05", "--checksum", "crc-16/x-25"
        };
        String login = "78780d01086471700328358100093f040d0a";
        try (TestServer server = TestServer.echo()) {
            ClientRun run = client(
                    concat(new String[] {"localhost", server.port(), "--send-hex", "--hex", login, "05"}, frames));

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo(login + "\n05\n");
            assertThat(run.code()).isZero();

            run = client(concat(
                    new String[] {"localhost", server.port(), "--send-hex", login.replace("3f04", "3f05")}, frames));

            assertThat(run.err()).contains("has a wrong checksum");
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void saysWhatIsWrongWithAFrame() throws Exception {
        assertThat(client("localhost", "1", "--frame", "7E 0", "hello").err())
                .contains("--frame: half a byte at character 4.");
        assertThat(client("localhost", "1", "--framing", "frames", "hello").err())
                .contains("--framing frames needs a pattern");
        assertThat(client("localhost", "1", "--framing", "crlf", "--frame", "05", "hello")
                        .err())
                .contains("--frame belongs to --framing frames, not to 'crlf'.");
        assertThat(client("localhost", "1", "--checksum", "xor-8", "hello").err())
                .contains("--checksum belongs to --framing frames, not to 'line'.");
    }

    @Test
    void writesTheLengthBeforeTheMessage() throws Exception {
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer((socket, in, out) -> received.add(in.readAllBytes()))) {
            client("localhost", server.port(), "--framing", "length-prefixed", "--length-bytes", "2", "hi");

            assertThat(received.take()).containsExactly(0, 2, 'h', 'i');
        }
    }

    @ParameterizedTest
    @CsvSource({"until-close", "raw", "length-prefixed", "varint"})
    void carriesAllByteValues(String framing, @TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("all"), allBytes());
        try (TestServer server = TestServer.echo()) {
            ClientRun run =
                    client("localhost", server.port(), "--framing", framing, "--file", file.toString(), "--hex");

            assertThat(run.out().strip()).isEqualTo(HexFormat.of().formatHex(allBytes()));
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void passesAllByteValuesThroughRaw() throws Exception {
        try (TestServer server = TestServer.echo()) {
            assertThat(client(allBytes(), "localhost", server.port(), "--framing", "raw")
                            .outBytes())
                    .isEqualTo(allBytes());
        }
    }

    @ParameterizedTest
    @CsvSource({"crlf", "nul", "octet-counted"})
    void sendsStandardInputLineByLine(String framing) throws Exception {
        try (TestServer server = TestServer.echo()) {
            assertThat(client("a\r\nb\nc".getBytes(UTF_8), "localhost", server.port(), "--framing", framing)
                            .out())
                    .isEqualTo("a\nb\nc\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"mllp", "varint", "until-close"})
    void sendsStandardInputAsOneMessage(String framing) throws Exception {
        try (TestServer server = TestServer.echo()) {
            assertThat(client("a\nb".getBytes(UTF_8), "localhost", server.port(), "--framing", framing)
                            .out())
                    .isEqualTo("a\nb\n");
        }
    }

    @Test
    void sendsFilesAfterArguments(@TempDir Path directory) throws Exception {
        Path ended = Files.writeString(directory.resolve("ended"), "x\ny\n");
        Path open = Files.writeString(directory.resolve("open"), "z");
        Path empty = Files.writeString(directory.resolve("empty"), "");
        try (TestServer server = TestServer.echo()) {
            ClientRun run = client(
                    "localhost",
                    server.port(),
                    "a",
                    "--file",
                    ended.toString(),
                    "--file",
                    open.toString(),
                    "--file",
                    empty.toString());

            assertThat(run.out()).isEqualTo("a\nx\ny\nz\n\n");
        }
    }

    @Test
    void speaksOtherCharsets() throws Exception {
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer((socket, in, out) -> {
            byte[] all = in.readAllBytes();
            received.add(all);
            out.write(all);
        })) {
            ClientRun run = client("localhost", server.port(), "--charset", "GBK", "成功");

            assertThat(received.take()).isEqualTo("成功\n".getBytes(Charset.forName("GBK")));
            assertThat(run.out()).isEqualTo("成功\n");
        }
    }

    @Test
    void putsCutCharactersOfARawStreamTogether() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> {
            for (byte b : "成功".getBytes(Charset.forName("GBK"))) {
                out.write(b);
            }
        })) {
            assertThat(client("localhost", server.port(), "--framing", "raw", "--charset", "GBK")
                            .out())
                    .isEqualTo("成功");
        }
    }

    @Test
    void escapesControlCharactersOnlyTowardsATerminal() throws Exception {
        byte[] answer = "\u001B[31mred\ttab\u009B\n".getBytes(UTF_8);
        try (TestServer server = TestServer.saying(answer)) {
            ClientRun terminal = client(new ByteArrayInputStream(new byte[0]), true, "localhost", server.port());
            ClientRun pipe = client("localhost", server.port());

            assertThat(terminal.out()).isEqualTo("\\x1B[31mred\ttab\\x9B\n");
            assertThat(pipe.outBytes()).isEqualTo(answer);
        }
    }

    @Test
    void showsATerminalNothingThatCannotBeSeen() throws Exception {
        String answer = "safe\rfoul a\u202Eb a\u2028b a\u200Bb a\uDB40\uDC01b 成功 Grüße 👍\r\nlast\r";
        try (TestServer server = TestServer.saying(answer.getBytes(UTF_8))) {
            ClientRun raw =
                    client(new ByteArrayInputStream(new byte[0]), true, "localhost", server.port(), "--framing", "raw");
            ClientRun lines = client(new ByteArrayInputStream(new byte[0]), true, "localhost", server.port());
            ClientRun pipe = client("localhost", server.port(), "--framing", "raw");

            String shown = "safe\\x0Dfoul a\\u202Eb a\\u2028b a\\u200Bb a\\uDB40\\uDC01b 成功 Grüße 👍";
            assertThat(raw.out()).isEqualTo(shown + "\r\nlast\\x0D\n");
            assertThat(lines.out()).startsWith(shown + "\n");
            assertThat(pipe.out()).isEqualTo(answer);
        }
    }

    @Test
    void takesACarriageReturnForPartOfALineBreakThatTwoReadsHaveCut() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AnswerPrinter printer = new AnswerPrinter(out, UTF_8, false, true);
        for (String read : List.of("one\r", "\ntwo\r", "three\n")) {
            byte[] bytes = read.getBytes(UTF_8);
            printer.piece(bytes);
        }
        printer.endOfPieces();

        assertThat(out.toString(UTF_8)).isEqualTo("one\r\ntwo\\x0Dthree\n");
    }

    @Test
    void sendsHexadecimalDigitsAsBytes() throws Exception {
        try (TestServer server = TestServer.echo()) {
            ClientRun run = client(
                    "localhost", server.port(), "--framing", "raw", "--send-hex", "--hex", "7878 0D0a", "ff:00-E6");

            assertThat(run.err()).isEmpty();
            assertThat(run.out().replace("\n", "")).isEqualTo("78780d0aff00e6");
        }
    }

    @Test
    void reachesAnIpv6LiteralInBracketsOrWithout() throws Exception {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress("::1", 0));
        } catch (IOException ex) {
            socket.close();
            Assumptions.abort("no IPv6 here");
        }
        try (TestServer server = new TestServer(socket, (connection, in, out) -> in.transferTo(out))) {
            assertThat(client("::1", server.port(), "six").out()).isEqualTo("six\n");
            assertThat(client("[::1]", server.port(), "six").out()).isEqualTo("six\n");
        }
    }

    private static byte[] allBytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 256; i++) {
            all.write(i);
        }
        return all.toByteArray();
    }

    private static String[] concat(String[] first, String[] second) {
        String[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
