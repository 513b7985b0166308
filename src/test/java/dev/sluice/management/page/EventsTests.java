package dev.sluice.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The stream of events, as its bytes are on the wire. */
final class EventsTests {

    private static final int PATIENCE_MILLIS = 10_000;

    @TempDir
    private static Path folder;

    private static final String YAML = """
        spring.security.user.password: secret
        sluice:
          data-directory: %s
          listeners:
            echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
            kept: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [console] }
          sinks.console.log.level: "off"
        """;

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.withManagement(YAML.formatted(folder.resolve("data")));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    /** A reader of events; what it has got can be asked for line by line. */
    private record Reader(Socket socket, BufferedReader in) implements AutoCloseable {

        static Reader open(RunningSluice sluice, String topics) throws IOException {
            Socket socket = new Socket(InetAddress.getByName("localhost"), sluice.httpPort());
            socket.setSoTimeout(PATIENCE_MILLIS);
            String credentials = Base64.getEncoder().encodeToString("operator:secret".getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream()
                    .write(("GET /events?topics=" + topics + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "
                                    + credentials + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            return new Reader(
                    socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
        }

        String status() throws IOException {
            return in.readLine();
        }

        JsonNode next(String event) throws IOException {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("event: " + event)) {
                    return new JsonMapper().readTree(in.readLine().substring("data: ".length()));
                }
            }
            throw new IOException("no event '" + event + "'");
        }

        boolean ends() throws IOException {
            String line;
            do {
                line = in.readLine();
            } while (line != null && !line.equals("0"));
            return true;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void whoLooksIsToldOnceASecond() throws Exception {
        sluice.converse("echo", "a\nb\n");
        try (Reader reader = Reader.open(sluice, "overview,listener:kept")) {
            assertThat(reader.status()).contains("200");
            assertThat(reader.next("hello").at("/user").asString()).isEqualTo("operator");
            JsonNode first = reader.next("overview");
            assertThat(first.at("/listeners/echo/state").asString()).isEqualTo("RUNNING");
            assertThat(first.at("/listeners/echo/received").asLong()).isGreaterThanOrEqualTo(2);
            assertThat(reader.next("listener")
                            .at("/spool/sinks/console/messages")
                            .asLong())
                    .isZero();
            assertThat(reader.next("overview").at("/at").asLong()
                            - first.at("/at").asLong())
                    .isBetween(500L, 5_000L);
        }
    }

    @Test
    void whatThereIsNotCannotBeFollowed() throws Exception {
        for (String topics : List.of("nothing", "overview,nothing")) {
            try (Reader reader = Reader.open(sluice, topics)) {
                assertThat(reader.status()).as(topics).contains("404");
            }
        }
        awaitNobody();
    }

    @Test
    void thereAreOnlySoManyAndWhoGoesMakesRoom() throws Exception {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < EventStreams.MOST; i++) {
            Reader reader = Reader.open(sluice, "overview");
            reader.next("hello");
            readers.add(reader);
        }
        try (Reader oneMore = Reader.open(sluice, "overview")) {
            assertThat(oneMore.status()).contains("503");
        }
        for (Reader reader : readers) {
            reader.close();
        }
        awaitNobody();
    }

    @Test
    void whoLeavesWhereNothingComesMakesRoom() throws Exception {
        try (Reader reader = Reader.open(sluice, "tap:echo")) {
            reader.next("hello");
        }
        awaitNobody();
    }

    @Test
    void aTapOfNoListenerSaysSo() throws Exception {
        try (Reader reader = Reader.open(sluice, "tap:none")) {
            assertThat(reader.next("tap").at("/ended").asString()).isEqualTo("listener");
        }
        awaitNobody();
    }

    /** That a reader has gone shows when something is written to him, be it a comment. */
    private static void awaitNobody() {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> sluice.bean(EventStreams.class).count() == 0);
    }

    @Test
    void aShutdownEndsThemAndDoesNotWait() throws Exception {
        RunningSluice other = RunningSluice.withManagement(YAML.formatted(folder.resolve("other")));
        try (Reader reader = Reader.open(other, "overview")) {
            reader.next("overview");
            long begin = System.nanoTime();
            other.close();

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
            assertThat(reader.ends()).isTrue();
        }
    }
}
