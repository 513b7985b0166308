package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Text is what the listener's charset says, wherever a sink writes text; what passes through stays as it came. */
class CharsetTests {

    @TempDir
    private Path folder;

    @Test
    void sinksWriteTextInTheCharsetOfEachListener() throws Exception {
        try (RunningSluice sluice = RunningSluice.with("""
            sluice:
              data-directory: %1$s/data
              listeners:
                latin: { tcp: { address: 127.0.0.1, port: 0 }, charset: ISO-8859-1, sinks: [json, raw, named] }
                direct: { tcp: { address: 127.0.0.1, port: 0 }, charset: windows-1252, sinks: [json], delivery.mode: direct }
                datagrams: { udp: { address: 127.0.0.1, port: 0 }, charset: UTF-16LE, sinks: [json] }
                wide: { tcp: { address: 127.0.0.1, port: 0 }, charset: UTF-32, framing: { type: fixed, size: 4 }, sinks: [json] }
                plain: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [json, named] }
              sinks:
                json.file: { path: "%1$s/{listener}.json", format: json }
                raw.file: { path: "%1$s/{listener}.raw" }
                named.file: { path: "%1$s/{listener}-{payload}.log" }
            """.formatted(folder))) {
            for (String listener : List.of("latin", "direct", "plain")) {
                send(sluice, listener, "Müller\n".getBytes(ISO_8859_1));
            }
            send(sluice, "plain", "Müller\n".getBytes(UTF_8));
            // The second is a half of a character, which UTF-8 cannot say.
            send(sluice, "wide", new byte[] {0, 0, 0, (byte) 0xfc, 0, 0, (byte) 0xd8, 0});
            try (DatagramSocket socket = new DatagramSocket()) {
                sluice.sendDatagram(socket, "datagrams", new byte[] {(byte) 0xfc, 0});
            }

            assertThat(lines("latin.json", 1).getFirst().get("data").asString()).isEqualTo("Müller");
            assertThat(lines("direct.json", 1).getFirst().get("data").asString())
                    .isEqualTo("Müller");
            assertThat(lines("datagrams.json", 1).getFirst().get("data").asString())
                    .isEqualTo("ü");
            assertThat(lines("wide.json", 2))
                    .extracting(line -> line.path("data").asString("")
                            + line.path("data_base64").asString(""))
                    .containsExactly("ü", "AADYAA==");
            assertThat(lines("plain.json", 2))
                    .extracting(line -> line.has("data_base64"))
                    .containsExactly(true, false);
            await().untilAsserted(() -> {
                assertThat(folder.resolve("latin-Müller.log")).exists();
                assertThat(folder.resolve("plain-Müller.log")).hasContent("Müller\n");
            });
            await().untilAsserted(() -> assertThat(Files.readAllBytes(folder.resolve("latin.raw")))
                    .isEqualTo("Müller\n".getBytes(ISO_8859_1)));
        }
    }

    private static void send(RunningSluice sluice, String listener, byte[] bytes) throws Exception {
        try (Socket socket = sluice.connect(listener)) {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }

    private List<JsonNode> lines(String name, int count) {
        return await().until(
                        () -> Files.exists(folder.resolve(name))
                                ? Files.readAllLines(folder.resolve(name)).stream()
                                        .map(JsonMapper.shared()::readTree)
                                        .toList()
                                : List.<JsonNode>of(),
                        lines -> lines.size() == count);
    }
}
