package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.io.IOException;
import java.net.Socket;
import java.util.HexFormat;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an operator reads of peers that were let in and do not keep to what a listener expects. */
@Isolated("what is logged is captured")
@ExtendWith(OutputCaptureExtension.class)
final class PeerTroublesTests {

    private static final Pattern MANY = Pattern.compile("Listener 'skipping': (dropped a message of 127.0.0.1 port"
            + " (?<port>\\d+): oversize( \\(and (?<before>\\d+) more before, reason 'oversize'\\))?"
            + "|(?<since>\\d+) more since, reason 'oversize')");

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              listeners:
                small: { tcp: { address: 127.0.0.1, port: 0 }, framing.max-size: 8B }
                skipping: { tcp: { address: 127.0.0.1, port: 0 }, framing: { max-size: 8B, on-oversize: skip } }
                stx: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: stx-etx }
                counting: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: length-prefixed }
                hasty: { tcp: { address: 127.0.0.1, port: 0 }, timeouts: { frame: 200ms, idle: 2s } }
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    /** Sends, and waits until the listener has ended the connection. Answers from which port. */
    private static int send(String listener, byte[] bytes) throws IOException {
        try (Socket socket = sluice.connect(listener)) {
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readAllBytes();
            return socket.getLocalPort();
        }
    }

    /** A line about one peer is about one message. */
    private static int count(MatchResult line, String group) {
        String number = line.group(group);
        return number == null ? 0 : group.equals("port") ? 1 : Integer.parseInt(number);
    }

    private static void awaitLine(CapturedOutput output, String says) {
        await().untilAsserted(() -> assertThat(output.getAll().lines())
                .filteredOn(line -> line.contains(" WARN ") && line.endsWith(says))
                .hasSize(1));
    }

    @Test
    void aMessageThatIsTooLarge(CapturedOutput output) throws Exception {
        int port = send("small", "much too long\n".getBytes(UTF_8));

        awaitLine(output, "Listener 'small': dropped a message of 127.0.0.1 port " + port + ": oversize");
    }

    @Test
    void manyThatAreTooLargeAreCountedTogether(CapturedOutput output) throws Exception {
        try (Socket socket = sluice.connect("skipping")) {
            socket.getOutputStream().write("much too long\n".repeat(1000).getBytes(UTF_8));

            int port = socket.getLocalPort();
            await().untilAsserted(() -> assertThat(MANY.matcher(output.getAll())
                            .results()
                            .mapToInt(line -> count(line, "since") + count(line, "before") + count(line, "port"))
                            .sum())
                    .isEqualTo(1000));
            assertThat(output.getAll()).contains("dropped a message of 127.0.0.1 port " + port + ": oversize");
        }
    }

    @Test
    void bytesThatAreNoFrame(CapturedOutput output) throws Exception {
        int port = send("stx", "hello".getBytes(UTF_8));

        String line = "Listener 'stx': dropped a message of 127.0.0.1 port " + port + ": malformed, ";
        await().untilAsserted(() ->
                assertThat(output.getAll()).contains(line).doesNotContainPattern(line.replace(".", "\\.") + "\\s"));
    }

    @Test
    void aMessageThatWasCutShort(CapturedOutput output) throws Exception {
        int port;
        try (Socket socket = sluice.connect("counting")) {
            socket.getOutputStream().write(HexFormat.of().parseHex("00000010ff"));
            port = socket.getLocalPort();
        }

        awaitLine(output, "Listener 'counting': dropped a message of 127.0.0.1 port " + port + ": incomplete");
    }

    @Test
    void onlyAFrameThatTakesTooLongIsToldAndQuietIsNot(CapturedOutput output) throws Exception {
        int quiet = send("hasty", "whole\n".getBytes(UTF_8));
        int slow = send("hasty", "half".getBytes(UTF_8));

        awaitLine(
                output,
                "Listener 'hasty': cut off 127.0.0.1 port " + slow
                        + ": a frame took longer than 'timeouts.frame' allows");
        assertThat(output.getAll()).doesNotContain("port " + quiet);
    }
}
