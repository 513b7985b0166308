package dev.sluice.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.sink.SocketServer;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** A spool that is full, and holds what comes: who is to see to it is told. */
@ExtendWith(OutputCaptureExtension.class)
class FullSpoolTests {

    private static final byte[] LARGE = ("x".repeat(60_000) + "\n").getBytes(US_ASCII);

    @TempDir
    private Path folder;

    @Test
    void isToldInLogHealthAndMetersWhenItBeginsToHoldAndWhenItEnds(CapturedOutput output) throws Exception {
        int port = Ports.free();
        try (RunningSluice sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              data-directory: "%s"
              listeners.flooded:
                tcp: { address: 127.0.0.1, port: 0 }
                sinks: [upstream]
                delivery: { max-spool-size: 1MB, max-backoff: 1s }
              sinks.upstream.tcp: { host: 127.0.0.1, port: %d }
            """.formatted(folder, port));
                Socket peer = sluice.connect("flooded")) {
            Operator operator = new Operator(sluice, "operator:secret");
            assertThat(operator.get("/metrics/sluice.spool.limit.bytes").body()).contains("1048576");
            assertThat(operator.get("/health/readiness").status()).isEqualTo(200);
            assertThat(operator.get("/spools").json().at("/flooded/heldSince").isNull())
                    .isTrue();

            for (int i = 0; i < 18; i++) {
                peer.getOutputStream().write(LARGE);
            }
            await().until(() -> operator.get("/health/readiness").status() == 503);
            JsonNode spool = operator.get("/health").json().at("/components/spools/components/flooded");
            assertThat(spool.at("/status").asString()).isEqualTo("OUT_OF_SERVICE");
            assertThat(spool.at("/details/full").asString()).matches("sink 'upstream' is behind \\(.*1\\d\\)");
            assertThat(operator.get("/health/liveness").status()).isEqualTo(200);
            assertThat(Instant.parse(operator.get("/spools")
                            .json()
                            .at("/flooded/heldSince")
                            .asString()))
                    .isBefore(Instant.now());
            assertThat(lines(output)).singleElement().asString().contains("is full", "1048576", "sink 'upstream'");

            try (SocketServer upstream =
                    new SocketServer(port, (in, out) -> in.transferTo(OutputStream.nullOutputStream()))) {
                await().until(() -> operator.get("/health/readiness").status() == 200);
                assertThat(lines(output)).hasSize(2).last().asString().contains("has room again");
                await().until(() -> sluice.traffic("flooded").accepted.sum() == 18);
                assertThat(upstream.connections()).isPositive();
            }
        }
    }

    private static List<String> lines(CapturedOutput output) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains("Spool 'flooded'"))
                .toList();
    }
}
