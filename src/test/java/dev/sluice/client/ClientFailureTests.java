package dev.sluice.client;

import static dev.sluice.client.ClientRun.client;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Ports;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientFailureTests {

    private static void assertFailure(ClientRun run, int code, String... parts) {
        assertThat(run.err()).contains(parts).hasLineCount(1).doesNotContain("Exception", "\tat ");
        assertThat(run.code()).isEqualTo(code);
    }

    @Test
    void saysThatNothingListens() {
        String port = Integer.toString(Ports.free());

        ClientRun run = client("127.0.0.1", port, "hello");

        assertFailure(run, 1, "Connection refused: nothing listens on 127.0.0.1 port " + port + ".");
    }

    @Test
    void saysThatAHostIsUnknown() {
        assertFailure(client("no-such-host.invalid", "7", "hello"), 1, "Unknown host: 'no-such-host.invalid'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:80", "a b", "::g"})
    void saysThatAHostCannotBe(String host) {
        assertFailure(client(host, "7", "hello"), 1, "Unknown host: '" + host + "'");
    }

    @Test
    void saysThatNoConnectionCameAboutInTime() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            List<Socket> queue = new ArrayList<>();
            try {
                fill(full, queue);

                ClientRun run =
                        client("127.0.0.1", Integer.toString(full.getLocalPort()), "--timeout", "200ms", "hello");

                assertFailure(run, 3, "Timed out: no connection to 127.0.0.1 port ", " within 200ms.");
            } finally {
                for (Socket socket : queue) {
                    socket.close();
                }
            }
        }
    }

    /** Until the kernel holds no more connections for it. */
    private static void fill(ServerSocket full, List<Socket> queue) throws IOException {
        try {
            while (queue.size() < 100) {
                Socket socket = new Socket();
                queue.add(socket);
                socket.connect(full.getLocalSocketAddress(), 300);
            }
        } catch (SocketTimeoutException ex) {
            // Full.
        }
    }

    @Test
    void saysThatTheServerIsSilent() throws Exception {
        try (TestServer server = TestServer.saying(new byte[0])) {
            ClientRun run = client("localhost", server.port(), "--count", "1", "--timeout", "1s", "hello");

            assertFailure(run, 3, "Timed out: localhost port ", " was silent for 1s after 0 of 1 answer.");
        }
    }

    @Test
    void printsWhatCameBeforeASilence() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (TestServer server = new TestServer((socket, in, out) -> {
            out.write("one\nhalf".getBytes(UTF_8));
            done.await();
        })) {
            ClientRun run = client("localhost", server.port(), "--timeout", "1s", "hello");
            done.countDown();

            assertThat(run.out()).isEqualTo("one\nhalf\n");
            assertFailure(run, 3, "after 2 answers and keeps the connection open. Give --count 2");
        }
    }

    @Test
    void saysThatTheServerReadsNoMore() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (TestServer server = new TestServer((socket, in, out) -> done.await())) {
            ClientRun run = client(new byte[32 * 1024 * 1024], "localhost", server.port(), "--timeout", "300ms");
            done.countDown();

            assertFailure(run, 3, "took nothing and sent nothing for 300ms");
        }
    }

    @Test
    void saysThatNoGreetingCame() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (TestServer server = new TestServer((socket, in, out) -> done.await())) {
            assertFailure(
                    client("localhost", server.port(), "--wait", "--timeout", "200ms"),
                    3,
                    "sent no greeting within 200ms");
            assertFailure(
                    client("localhost", server.port(), "--greeting", "--timeout", "PT0.2S", "x"),
                    3,
                    "sent no greeting within 200ms");
            done.countDown();
        }
    }

    @Test
    void saysThatTheServerClosedBeforeItsGreeting() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> {})) {
            assertFailure(
                    client("localhost", server.port(), "--wait"), 1, "Connection closed: localhost port ", "greeting");
        }
    }

    @Test
    void saysThatTheServerClosedWithoutAWord() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> in.readNBytes(6))) {
            assertFailure(
                    client("localhost", server.port(), "hello"),
                    1,
                    "Connection closed: localhost port " + server.port()
                            + " ended it after 1 message sent and 0 answers, before we did.",
                    "--count 0");
            assertThat(client("localhost", server.port(), "hello", "--count", "0")
                            .code())
                    .isZero();
        }
    }

    @Test
    void saysSoThoughStandardInputGoesOn() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> {});
                PipedOutputStream typing = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(typing)) {
            assertFailure(client(input, false, "localhost", server.port()), 1, "Connection closed: ");
        }
    }

    @Test
    void aServerThatTakesAllAndEndsWhenWeDoHasNotThrownUsOut() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> in.readAllBytes())) {
            assertThat(client("localhost", server.port(), "hello").code()).isZero();
            assertThat(client("localhost", server.port(), "--framing", "until-close", "hello")
                            .code())
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"line", "raw", "length-prefixed", "until-close", "mllp"})
    void saysThatThePortSpeaksTls(String framing) throws Exception {
        byte[] alert = {0x15, 3, 3, 0, 2, 2, 10};
        try (TestServer server = new TestServer((socket, in, out) -> {
            in.read(new byte[1024]);
            out.write(alert);
            in.readAllBytes();
        })) {
            ClientRun run = client("localhost", server.port(), "--framing", framing, "hello");

            assertFailure(
                    run, 1, "TLS: localhost port " + server.port() + " answers plain text with an alert.", "--tls");
            assertThat(run.outBytes()).isEmpty();
        }
    }

    @Test
    void saysThatTheServerClosedBeforeAllAnswersCame() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> {
            in.read();
            out.write("one\n".getBytes(UTF_8));
            socket.shutdownOutput();
            in.readAllBytes();
        })) {
            ClientRun run = client("localhost", server.port(), "--count", "2", "hello");

            assertThat(run.out()).isEqualTo("one\n");
            assertFailure(run, 1, "Connection closed: ", "after 1 of 2 answers");
        }
    }

    @ParameterizedTest
    @CsvSource({"--wait", "--greeting", "--count=1", "--hex"})
    void saysThatTheServerResetTheConnection(String option) throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> {
            socket.setSoLinger(true, 0);
        })) {
            ClientRun run = option.equals("--wait")
                    ? client("localhost", server.port(), option)
                    : client("localhost", server.port(), option, "hello");

            assertThat(run.err())
                    .containsAnyOf("Connection reset: ", "Connection closed: ")
                    .hasLineCount(1);
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void saysThatTheServerResetTheConnectionMidway() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> {
            in.read();
            out.write("one\n".getBytes(UTF_8));
            in.read();
            socket.setSoLinger(true, 0);
        })) {
            ClientRun run = client("localhost", server.port(), "--count", "2", "hello");

            assertFailure(run, 1, "Connection reset: localhost port ", "broke it off after ", " and 1 answer.");
        }
    }

    @Test
    void saysThatTheServerTookNotAll() throws Exception {
        try (TestServer server = new TestServer((socket, in, out) -> in.read())) {
            ClientRun run = client(new byte[32 * 1024 * 1024], "localhost", server.port(), "--framing", "raw");

            assertThat(run.err())
                    .containsAnyOf("Connection reset: ", "Connection closed: ")
                    .hasLineCount(1);
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void saysThatAnAnswerIsTooLarge() throws Exception {
        try (TestServer server = TestServer.echo()) {
            assertFailure(
                    client("localhost", server.port(), "--max-size", "4", "hello"),
                    1,
                    "Answer 1 of ",
                    "larger than 4 bytes");
        }
    }

    @Test
    void saysThatAnAnswerIsFramedInAnotherWay() throws Exception {
        try (TestServer server = TestServer.greeting()) {
            ClientRun run = client("localhost", server.port(), "--framing", "stx-etx", "hello");

            assertFailure(run, 1, "Answer 1 of ", "not framed as stx-etx", "--greeting");
        }
    }

    @Test
    void saysThatTheServerEndedWithinAFrame() throws Exception {
        try (TestServer server = TestServer.saying("whole\0half".getBytes(UTF_8))) {
            ClientRun run = client("localhost", server.port(), "--framing", "nul", "hello");

            assertThat(run.out()).isEqualTo("whole\n");
            assertFailure(run, 1, "with 4 bytes of an unfinished nul frame");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "                                    | HOST",
                "localhost                           | PORT",
                "localhost x                         | 'x' is not an int",
                "localhost 0                         | PORT is 0",
                "localhost 65536                     | PORT is 65536",
                "localhost 7 --unknown               | --unknown",
                "localhost 7 --timeout 5             | '5' is not a duration as 500ms, 5s, 2m or PT5S",
                "localhost 7 --timeout 0s            | '0s' is not from 1ms",
                "localhost 7 --framing lines         | 'lines' is none of line, crlf",
                "localhost 7 --framing fixed         | --size: type 'fixed' needs it",
                "localhost 7 --framing delimited     | --delimiter: type 'delimited' needs it",
                "localhost 7 --size 3                | --size belongs to --framing fixed",
                "localhost 7 --byte-order middle     | --byte-order",
                "localhost 7 --max-size much         | 'much' is not a size",
                "localhost 7 --framing fixed --size 3 four | Message 1 cannot be framed: a payload of 4 bytes",
                "localhost 7 --count -1              | --count is -1",
                "localhost 7 --udp --tls             | TLS needs TCP",
                "localhost 7 --udp --wait            | need TCP",
                "localhost 7 --udp --framing nul     | --framing needs TCP",
                "localhost 7 --wait hello            | --wait sends nothing",
                "localhost 7 --wait --greeting       | exclude each other",
                "localhost 7 --insecure              | belong to --tls",
                "localhost 7 --charset klingon       | --charset",
                "localhost 7 --file /no/such/file    | there is no such file",
                "localhost 7 --file .                | it is a directory",
                "localhost 7 --tls --ca /no/such/ca  | --ca: '/no/such/ca' cannot be read",
            })
    void refusesWrongUsageBeforeItConnects(String args, String message) {
        ClientRun run = args == null ? client() : client(args.split(" "));

        assertFailure(run, 2, message);
    }

    @Test
    void refusesAMessageThatIsLargerThanAllowed(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("large"), new byte[65_537]);
        try (TestServer server = TestServer.echo()) {
            ClientRun run = client("localhost", server.port(), "--framing", "mllp", "--file", file.toString());

            assertFailure(run, 2, "File '" + file + "' has more than the 65536 bytes", "--max-size");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345", "12345\n", "1\n12345", "1234567890"})
    void refusesALineThatIsLargerThanAllowedThoughNothingEndsIt(String input) throws Exception {
        try (TestServer server = TestServer.echo()) {
            ClientRun run = client(
                    input.getBytes(UTF_8), "localhost", server.port(), "--framing", "octet-counted", "--max-size", "4");

            assertFailure(run, 2, "A line of standard input has more than the 4 bytes", "--max-size");
        }
    }
}
