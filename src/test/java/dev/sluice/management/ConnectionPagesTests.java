package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Open connections in pages, filtered and sorted, and those that ended last. */
final class ConnectionPagesTests {

    private static RunningSluice sluice;
    private static Operator operator;

    private final List<Socket> peers = new ArrayList<>();

    @BeforeAll
    static void start() {
        sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              listeners:
                many:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply.type: echo
                  rules: [ { match.text: "I am {device}", identify: "{device}" } ]
                other: { tcp: { address: 127.0.0.1, port: 0 } }
                datagrams: { udp: { address: 127.0.0.1, port: 0 } }
            """);
        operator = new Operator(sluice, "operator:secret");
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @AfterEach
    void hangUp() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
        await().until(() -> sluice.listener("many").transport().connections().isEmpty());
    }

    /** From an address of this machine; returns once so many bytes have come back. */
    private Socket connect(String from, String says) throws IOException {
        Socket peer = new Socket();
        peers.add(peer);
        peer.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        peer.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sluice.port("many")));
        peer.getOutputStream().write(says.getBytes(StandardCharsets.UTF_8));
        assertThat(peer.getInputStream().readNBytes(says.length())).hasSize(says.length());
        return peer;
    }

    private static List<String> column(JsonNode answer, String pointer) {
        List<String> values = new ArrayList<>();
        answer.at("/connections").forEach(one -> values.add(one.at(pointer).asString()));
        return values;
    }

    private static JsonNode page(String query) {
        Operator.Answer answer = operator.get("/connections?listener=many&" + query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void aPageIsSortedAndTellsHowManyThereAre() throws IOException {
        for (int i = 1; i <= 5; i++) {
            connect("127.0.0." + i, "x".repeat(i) + "\n");
        }
        JsonNode first = page("limit=2&sort=-bytes.in");
        assertThat(first.propertyNames()).containsExactly("connections", "total");
        assertThat(first.at("/total").asInt()).isEqualTo(5);
        assertThat(column(first, "/bytes/in")).containsExactly("6", "5");
        assertThat(column(page("limit=2&sort=-bytes.in&offset=4"), "/bytes/in")).containsExactly("2");
        assertThat(column(page("limit=2&offset=5"), "/id")).isEmpty();
        // Several may have been opened in one millisecond.
        assertThat(opened("limit=5")).hasSize(5).isSorted();
        assertThat(opened("limit=5&sort=-openedAt")).isSortedAccordingTo(Comparator.reverseOrder());
    }

    private List<Instant> opened(String query) throws IOException {
        return column(page(query), "/openedAt").stream().map(Instant::parse).toList();
    }

    @Test
    void withoutALimitAllAreThereAsEver() throws IOException {
        connect("127.0.0.1", "one\n");
        JsonNode all = page("");
        assertThat(all.propertyNames()).containsExactly("connections");
        assertThat(all.at("/connections/0").propertyNames())
                .containsExactly(
                        "id",
                        "listener",
                        "remoteAddress",
                        "remotePort",
                        "identity",
                        "tlsSubject",
                        "openedAt",
                        "lastReadAt",
                        "messages",
                        "bytes");
    }

    @Test
    void thoseThatFitAFilterAreShown() throws IOException {
        connect("127.0.0.1", "I am pump-1\n");
        connect("127.1.0.1", "I am pump-2\n");
        connect("127.1.0.2", "nobody\n");
        assertThat(column(page("address=127.1.0.0/16&limit=9&sort=remoteAddress"), "/remoteAddress"))
                .containsExactly("127.1.0.1", "127.1.0.2");
        assertThat(column(page("address=127.0.0.1"), "/identity")).containsExactly("pump-1");
        JsonNode pump = page("identity=pump-2&limit=1");
        assertThat(column(pump, "/remoteAddress")).containsExactly("127.1.0.1");
        assertThat(pump.at("/total").asInt()).isEqualTo(1);
        assertThat(page("idle=1h&limit=9").at("/total").asInt()).isZero();
        await().untilAsserted(() ->
                assertThat(page("idle=20ms&limit=9").at("/total").asInt()).isEqualTo(3));
        assertThat(column(page("limit=9&sort=identity"), "/identity")).startsWith("pump-1", "pump-2");
        assertThat(column(page("limit=9&sort=-identity"), "/identity")).startsWith("pump-2", "pump-1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        limit=0                | 'limit' is '0', which is no number from 1 to 1000. Ask for more by 'offset'
        limit=1001             | 'limit' is '1001', which is no number from 1 to 1000. Ask for more by 'offset'
        limit=all              | 'limit' is 'all', which is no number from 1 to 1000
        limit=1&offset=-1      | 'offset' is '-1', which is no number from 0
        offset=1               | 'offset' is for a page. Say with 'limit', too, how many it has, from 1 to 1000
        sort=id                | 'sort' is for a page. Say with 'limit', too, how many it has, from 1 to 1000
        limit=1&sort=size      | 'sort' is 'size', by which nothing is sorted. Write one of bytes.in, bytes.out, id,
        idle=30                | 'idle' is '30', which is no time with its unit. Write one such as 30s, 5m or 2h
        idle=soon              | 'idle' is 'soon', which is no time with its unit. Write one such as 30s, 5m or 2h
        address=10.1           | 'address' is '10.1': its address is none. Write one such as 192.0.2.1, 10.0.0.0/8
        """)
    void whatIsWrongWithAQueryIsSaid(String query, String reason) {
        Operator.Answer answer = operator.get("/connections?" + query);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/reason").asString()).startsWith(reason);
    }

    @Test
    void connectionsThatHaveEndedAreRememberedWithTheReason() throws IOException {
        connect("127.0.0.1", "I am pump-9\n");
        connect("127.0.0.2", "one\ntwo\n").close();
        await().until(() -> page("limit=9").at("/total").asInt() == 1);
        String id = column(page("limit=1"), "/id").getFirst();
        sluice.listener("many").transport().connection(id).orElseThrow().close(Reason.Closed.IDLE);
        await().until(() -> page("limit=9").at("/total").asInt() == 0);

        JsonNode closed = operator.get("/listeners/many/closed").json().at("/closed");
        assertThat(closed.at("/0/id").asString()).isEqualTo(id);
        assertThat(closed.at("/0/reason").asString()).isEqualTo("idle");
        assertThat(closed.at("/0/identity").asString()).isEqualTo("pump-9");
        assertThat(closed.at("/1/remoteAddress").asString()).isEqualTo("127.0.0.2");
        assertThat(closed.at("/1/reason").asString()).isEqualTo("peer");
        assertThat(closed.at("/1/messages/in").asInt()).isEqualTo(2);
        assertThat(closed.at("/1/bytes/out").asInt()).isEqualTo(8);
        assertThat(Instant.parse(closed.at("/1/closedAt").asString()))
                .isAfterOrEqualTo(closed.at("/1/openedAt").asString());
        assertThat(operator.get("/listeners/datagrams/closed").body()).isEqualTo("{\"closed\":[]}");
        assertThat(operator.get("/listeners/none/closed").status()).isEqualTo(404);
        assertThat(operator.get("/listeners/many/opened").json().at("/reason").asString())
                .isEqualTo("listener 'many' has no 'opened'. Ask for 'closed' or 'rejected'");
    }

    @Test
    void onlyTheLastHundredAreRemembered() throws IOException {
        for (int i = 0; i < 103; i++) {
            connect("127.0.0.1", "\n").close();
        }
        connect("127.0.0.3", "last\n").close();
        await().until(() -> sluice.listener("many").transport().connections().isEmpty());
        JsonNode closed = operator.get("/listeners/many/closed").json().at("/closed");
        assertThat(closed).hasSize(100);
        assertThat(closed.at("/0/remoteAddress").asString()).isEqualTo("127.0.0.3");
    }
}
