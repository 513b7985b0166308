package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log in JSON, by one property. */
final class JsonLogTests {

    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void everyLineIsOneObjectOfTheElasticCommonSchema(@TempDir Path folder) throws Exception {
        try (SluiceProcess sluice = SluiceProcess.start(folder, """
            logging.structured.format.console: ecs
            sluice:
              listeners.shown:
                tcp: { address: 127.0.0.1, port: 0 }
                framing.type: nul
                sinks: [console]
              sinks.console.log.level: warn
            """)) {
            try (Socket peer = sluice.connect("shown")) {
                peer.getOutputStream().write("a\r\n{\"b\":1}\u001b[2Jc\u2028d\u202ee\u0085f\0".getBytes(UTF_8));
            }
            await().untilAsserted(() -> assertThat(sluice.log()).contains("dev.sluice.sink.console"));

            // The JVM itself warns of SQLite's native library where it was not told of that.
            String log = sluice.log().replaceAll("(?m)^(WARNING: .*)?\\n", "");
            assertThat(log).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n]]");
            List<JsonNode> lines = log.lines().map(JSON::readTree).toList();
            assertThat(lines).allSatisfy(line -> {
                assertThat(line.at("/@timestamp").asString()).isNotEmpty();
                assertThat(line.at("/log/level").asString()).isNotEmpty();
                assertThat(line.at("/ecs/version").asString()).isNotEmpty();
                assertThat(line.at("/service/name").asString()).isEqualTo("sluice");
            });
            assertThat(lines)
                    .filteredOn(line -> line.at("/log/logger").asString().equals("dev.sluice.sink.console"))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.at("/log/level").asString()).isEqualTo("WARN");
                        assertThat(line.at("/message").asString())
                                .endsWith(": a\\r\\n{\"b\":1}\\u001b[2Jc\\u2028d\\u202ee\\u0085f");
                    });
        }
    }
}
