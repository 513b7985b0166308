package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.RunningSluice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Dead letters in pages, and some of them sent once more or dropped, with two HTTP servers that refuse messages. */
final class DeadLetterSelectionTests {

    @TempDir
    private Path directory;

    /** What the servers take; all else is refused for good. */
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private RunningSluice sluice;
    private Operator operator;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            boolean takes = taken.contains(body);
            if (takes) {
                delivered.add(exchange.getRequestURI().getPath() + body);
            }
            exchange.sendResponseHeaders(takes ? 204 : 400, -1);
            exchange.close();
        });
        server.start();
        sluice = RunningSluice.withManagement(
                """
                spring.security.user.password: secret
                sluice:
                  data-directory: %s
                  listeners.orders:
                    tcp: { address: 127.0.0.1, port: 0 }
                    reply.type: echo
                    sinks: [first, second]
                  sinks:
                    first.http.url: "http://127.0.0.1:%2$d/1/"
                    second.http.url: "http://127.0.0.1:%2$d/2/"
                """.formatted(directory, server.getAddress().getPort()));
        operator = new Operator(sluice, "operator:secret");
    }

    @AfterEach
    void stop() {
        sluice.close();
        server.stop(0);
    }

    private void send(int count) throws IOException {
        StringBuilder messages = new StringBuilder();
        for (int i = 0; i < count; i++) {
            messages.append("m").append(i).append('\n');
        }
        assertThat(sluice.converse("orders", messages.toString())).hasSize(messages.length());
        await().until(() -> page("limit=1").at("/deadLettersTotal").asInt() == 2 * count);
    }

    private JsonNode page(String query) {
        Operator.Answer answer = operator.get("/spools/orders?" + query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static List<String> column(JsonNode page, String pointer) {
        List<String> values = new ArrayList<>();
        page.at("/deadLetters").forEach(letter -> values.add(letter.at(pointer).asString()));
        return values;
    }

    private Operator.Answer post(String action, String... letters) {
        return operator.post(
                "/spools/orders", "{\"action\":\"" + action + "\",\"letters\":\"" + String.join(", ", letters) + "\"}");
    }

    @Test
    void deadLettersAreListedInPages() throws IOException {
        send(5);
        assertThat(column(page("limit=3&sink=second"), "/text")).containsExactly("m0", "m1", "m2");
        JsonNode last = page("limit=3&offset=3&sink=second");
        assertThat(column(last, "/letter")).containsExactly("second:3", "second:4");
        assertThat(last.at("/deadLettersTotal").asInt()).isEqualTo(5);
        assertThat(last.at("/sinks/second/deadLetters").asInt()).isEqualTo(5);
        assertThat(column(page("limit=10&sort=-position"), "/letter"))
                .startsWith("second:4")
                .endsWith("first:0");
        assertThat(column(page("limit=10&sort=-diedAt"), "/diedAt")).isSortedAccordingTo((a, b) -> b.compareTo(a));
        assertThat(column(page("limit=10&sort=attempts"), "/attempts")).containsOnly("1");
        JsonNode all = page("");
        assertThat(all.has("deadLettersTotal")).isFalse();
        assertThat(all.at("/deadLetters")).hasSize(10);
    }

    @Test
    void thoseThatAreChosenAreSentOnceMore() throws IOException {
        send(4);
        taken.addAll(List.of("m1", "m2", "m3"));
        assertThat(post("replay", "first:1", "second:2", "second:0", "second:99")
                        .body())
                .isEqualTo("{\"replaying\":3}");
        await().untilAsserted(() -> assertThat(delivered).containsExactlyInAnyOrder("/1/m1", "/2/m2"));
        await().untilAsserted(() -> assertThat(column(page("limit=9"), "/letter"))
                .containsExactly("first:0", "first:2", "first:3", "second:0", "second:1", "second:3"));
        assertThat(operator.post("/spools/orders", "{\"action\":\"replay\",\"sink\":\"first\"}")
                        .body())
                .isEqualTo("{\"replaying\":3}");
        await().untilAsserted(() -> assertThat(column(page("limit=9"), "/letter"))
                .containsExactly("first:0", "second:0", "second:1", "second:3"));
        JsonNode second = page("limit=1").at("/sinks/second");
        assertThat(second.at("/delivered").asInt()).isEqualTo(1);
        assertThat(second.at("/routed").asInt()).isEqualTo(4);
    }

    @Test
    void thoseThatAreChosenAreDropped() throws IOException {
        send(3);
        assertThat(post("purge", "first:1", "second:2", "second:2", "second:99").body())
                .isEqualTo("{\"purged\":2}");
        JsonNode left = page("limit=9");
        assertThat(column(left, "/letter")).containsExactly("first:0", "first:2", "second:0", "second:1");
        assertThat(left.at("/deadLettersTotal").asInt()).isEqualTo(4);
        assertThat(left.at("/sinks/first/purged").asInt()).isEqualTo(1);
        assertThat(left.at("/sinks/first/deadLetters").asInt()).isEqualTo(2);
        assertThat(delivered).isEmpty();
    }

    @Test
    void whatIsNoTextIsShownInHex() throws IOException {
        sluice.converse("orders", new byte[] {(byte) 0xFF, 1, '\n'});
        await().until(() -> page("limit=1").at("/deadLettersTotal").asInt() == 2);
        JsonNode letter = page("limit=1").at("/deadLetters/0");
        assertThat(letter.at("/text").isNull()).isTrue();
        assertThat(letter.at("/hex").asString()).isEqualTo("ff01");
        assertThat(letter.at("/bytes").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        ?limit=1&sort=size        | 400 | 'sort' is 'size', by which nothing is sorted. Write one of position, diedAt
        ?limit=1001               | 400 | 'limit' is '1001', which is no number from 1 to 1000
        ?sort=diedAt              | 400 | 'sort' is for a page
        ?limit=1&sink=third       | 404 | the spool of listener 'orders' knows no sink 'third'
        """)
    void whatIsWrongWithAQueryIsSaid(String query, int status, String reason) {
        Operator.Answer answer = operator.get("/spools/orders" + query);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().at("/reason").asString()).startsWith(reason);
    }

    @Test
    void whatIsWrongWithASelectionIsSaid() {
        assertThat(post("purge").body()).contains("'letters' names 0 dead letters. Name 1 to 1000 of those");
        assertThat(post("replay", "first").status()).isEqualTo(400);
        assertThat(post("replay", "first:x").body()).contains("'letters': 'first:x' is no dead letter");
        assertThat(post("replay", "third:1").status()).isEqualTo(409);
        assertThat(post("replay", "third:1").body()).contains("nothing is delivered to sink 'third'");
        assertThat(post("purge", "third:1").body()).isEqualTo("{\"purged\":0}");
    }
}
