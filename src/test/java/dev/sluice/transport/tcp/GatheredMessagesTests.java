package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningSluice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that are accepted together, since their peer does not pause between them. */
final class GatheredMessagesTests {

    private static final int LINES = 100_000;

    @TempDir
    private static Path folder;

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              data-directory: %1$s/data
              listeners:
                kept:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: text, text: "OK {sequence}" }
                  sinks: [lines]
              sinks.lines.file.path: %1$s/lines.log
            """.formatted(folder));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void areAnsweredInOrder() throws Exception {
        try (Socket socket = sluice.connect("kept")) {
            OutputStream out = socket.getOutputStream();
            Thread.ofVirtual().start(() -> send(out, "line\n".repeat(LINES).getBytes(US_ASCII)));

            BufferedReader answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            for (int i = 1; i <= LINES; i++) {
                assertThat(answers.readLine()).isEqualTo("OK " + i);
            }
        }
    }

    private static void send(OutputStream out, byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException ex) {
            // The test is over.
        }
    }
}
