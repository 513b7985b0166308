package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the counters of listeners were. */
final class HistoryTests {

    private static List<Long> numbers(JsonNode array) {
        List<Long> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.asLong()));
        return numbers;
    }

    @Test
    void countersAreSampledForTenMinutes() throws IOException {
        try (RunningSluice sluice = RunningSluice.withManagement("""
            spring.security.user: { name: guest, password: look, roles: viewer }
            sluice.listeners:
              echo: { tcp: { address: 127.0.0.1, port: 0 }, framing.max-size: 4B, reply.type: echo }
              still: { tcp: { address: 127.0.0.1, port: 0 } }
            """)) {
            Operator viewer = new Operator(sluice, "guest:look");
            // The first is taken as the program starts.
            await().until(() -> viewer.get("/history/echo").status() == 200);
            History history = sluice.bean(History.class);
            assertThat(sluice.converse("echo", "one\ntwo\n")).hasSize(8);
            assertThat(sluice.converse("echo", "three\n")).isEmpty();
            try (Socket open = sluice.connect("echo")) {
                await().until(() ->
                        sluice.listener("echo").transport().connections().size() == 1 && open.isConnected());
                history.sample();
            }
            JsonNode all = viewer.get("/history").json();
            assertThat(all.at("/seconds").asInt()).isEqualTo(5);
            assertThat(all.at("/listeners").propertyNames()).containsExactly("echo", "still");
            JsonNode echo = all.at("/listeners/echo");
            assertThat(numbers(echo.at("/received"))).startsWith(0L).endsWith(3L);
            assertThat(numbers(echo.at("/accepted"))).endsWith(2L);
            assertThat(numbers(echo.at("/dropped"))).endsWith(1L);
            assertThat(numbers(echo.at("/failed"))).endsWith(0L);
            assertThat(numbers(echo.at("/bytesIn"))).endsWith(14L);
            assertThat(numbers(echo.at("/bytesOut"))).endsWith(8L);
            assertThat(numbers(echo.at("/open"))).startsWith(0L).endsWith(1L);
            assertThat(numbers(echo.at("/spooled"))).endsWith(0L);
            assertThat(numbers(echo.at("/at"))).isSorted().hasSameSizeAs(numbers(echo.at("/open")));
            assertThat(numbers(all.at("/listeners/still/received"))).containsOnly(0L);

            for (int i = 0; i < 130; i++) {
                history.sample();
            }
            JsonNode one = viewer.get("/history/echo").json();
            assertThat(one.at("/listeners").propertyNames()).containsExactly("echo");
            assertThat(numbers(one.at("/listeners/echo/received"))).hasSize(120).containsOnly(3L);
            assertThat(numbers(one.at("/listeners/echo/at"))).isSorted();
            assertThat(viewer.get("/history/none").status()).isEqualTo(404);
            assertThat(new Operator(sluice, "").get("/history").status()).isEqualTo(401);
        }
    }
}
