package dev.sluice.sink.http;

import static dev.sluice.sink.CheckedDeclaration.checked;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.Ports;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.sink.DeviceMessage;
import dev.sluice.sink.EncodedMessage;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import dev.sluice.sink.StreamMessage;
import dev.sluice.sink.http.WebServer.Conversation;
import dev.sluice.sink.http.WebServer.Received;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class HttpBatchSinkTests {

    private static final String CREATE = "{\"create\":{\"_id\":\"{id}\"}}";
    private static final Conversation TAKES = (exchange, _) -> exchange.sendResponseHeaders(200, -1);

    private static HttpSinkProperties properties(String url, String... more) {
        MapConfigurationPropertySource source =
                new MapConfigurationPropertySource(Map.of("http.url", url, "http.batch.max-messages", "1000"));
        for (int i = 0; i < more.length; i += 2) {
            source.put("http." + more[i], more[i + 1]);
        }
        return new Binder(source).bindOrCreate("http", HttpSinkProperties.class);
    }

    private static Sink sink(String url, String... more) {
        return checked("hook.http", properties(url, more)).open("hook", new DefaultListableBeanFactory());
    }

    private static Sink bulk(WebServer server) {
        return sink(server.url(), "batch.before", CREATE, "batch.results", "elasticsearch");
    }

    private static StreamMessage message(String stream, int sequence, String payload) {
        return StreamMessage.of(stream, sequence, payload.getBytes(UTF_8));
    }

    private static List<StreamMessage> numbers(String stream, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> message(stream, i, Integer.toString(i)))
                .toList();
    }

    private static String body(Received request) {
        return new String(request.body(), UTF_8);
    }

    private static List<String> bodies(WebServer server) {
        return server.received().stream().map(HttpBatchSinkTests::body).toList();
    }

    private static Conversation answering(String recorded) {
        return (exchange, _) -> {
            byte[] answer = recorded(recorded).getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        };
    }

    private static String recorded(String name) {
        try {
            return Files.readString(Path.of("src", "test", "resources", "bulk", name + ".json"));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static List<Failure> failures(Confirmation<Failure> confirmation, int messages) {
        List<Failure> failures = new ArrayList<>();
        IntStream.range(0, messages).forEach(i -> failures.add(confirmation.failure(i)));
        return failures;
    }

    @Test
    void hasDefaults() {
        assertThat(properties("http://localhost/").batch())
                .isEqualTo(new HttpBatchProperties(
                        HttpBatchProperties.Format.NDJSON,
                        1000,
                        DataSize.ofMegabytes(1),
                        HttpBatchProperties.Item.PAYLOAD,
                        null,
                        HttpBatchProperties.Results.NONE));
    }

    @ParameterizedTest
    @CsvSource({"none", "gzip"})
    void aLineEachIsOnTheDiskOfTheServerBeforeItIsConfirmed(String compression, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("stored");
        try (DiskServer server = new DiskServer(file, 0);
                Sink sink = sink(server.url(), "compression", compression, "batch.max-messages", "300")) {
            assertThat(sink.batchSize()).isEqualTo(300);
            assertThat(sink.send(numbers("s", 1000)).complete()).isTrue();

            assertThat(Files.readAllLines(file))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 1000)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    @Test
    void aRequestHasItsTypeAndNoAttributesOfOneMessage() throws Exception {
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(server.url(), "headers.Authorization", "Bearer secret", "compression", "gzip")) {
            sink.send(numbers("s", 3));

            Received request = server.received().getFirst();
            assertThat(request.header("Content-type")).isEqualTo("application/x-ndjson");
            assertThat(request.header("Content-encoding")).isEqualTo("gzip");
            assertThat(request.header("Authorization")).isEqualTo("Bearer secret");
            assertThat(request.headers().keySet()).noneMatch(name -> name.startsWith("Ce-"));
        }
    }

    @Test
    void singleMessagesAreCompressedToo(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("stored");
        try (DiskServer server = new DiskServer(file, 0);
                Sink sink = checked(
                                "hook.http",
                                new HttpSinkProperties(
                                        server.url(),
                                        "POST",
                                        Map.of(),
                                        Duration.ofSeconds(10),
                                        16,
                                        null,
                                        null,
                                        Compression.GZIP,
                                        false))
                        .open("hook", new DefaultListableBeanFactory())) {
            assertThat(sink.send(StreamMessage.stream("s", 1)).complete()).isTrue();
            assertThat(file).hasContent("s 1");
        }
    }

    @Test
    void payloadsStandInAnArray() throws Exception {
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(server.url(), "batch.format", "json-array")) {
            sink.send(List.of(
                    message("s", 1, "{\"a\":\n [1, null]}"),
                    message("s", 2, " \"é\" "),
                    EncodedMessage.of("\"é\"", ISO_8859_1)));

            assertThat(bodies(server)).containsExactly("[{\"a\":\n [1, null]}, \"é\" ,\"é\"]");
            assertThat(server.received().getFirst().header("Content-type")).isEqualTo("application/json");
        }
    }

    @ParameterizedTest
    @CsvSource({"ndjson, application/x-ndjson", "cloudevents, application/cloudevents-batch+json"})
    void itemsAreWhatAFileOfJsonHas(String format, String type) throws Exception {
        String[] said = format.equals("ndjson")
                ? new String[] {"batch.format", format, "batch.item", "json"}
                : new String[] {"batch.format", format};
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(server.url(), said)) {
            assertThat(sink.send(List.of(
                                    message("s", 1, "any \"text\"\n"),
                                    StreamMessage.of("s", 2, new byte[] {(byte) 0xFF})))
                            .complete())
                    .isTrue();

            String body = body(server.received().getFirst());
            JsonNode items = JsonMapper.shared()
                    .readTree(format.equals("ndjson") ? "[" + body.strip().replace("\n", ",") + "]" : body);
            assertThat(items.size()).isEqualTo(2);
            assertThat(items.get(0).get("specversion").asString()).isEqualTo("1.0");
            assertThat(items.get(0).get("id").asString()).isEqualTo("s-1");
            assertThat(items.get(0).get("data").asString()).isEqualTo("any \"text\"\n");
            assertThat(items.get(1).get("data_base64").asString()).isEqualTo("/w==");
            assertThat(server.received().getFirst().header("Content-type")).isEqualTo(type);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "{\"a\":1",
                "{\"a\":1}}",
                "{}{}",
                "1 2",
                "01",
                "NaN",
                "nul",
                "'a'",
                "{a:1}",
                "[1,]",
                "\"a\u0001\"",
                "\"\\x\"",
                "\"open",
                "\uFEFF1",
                "/* c */1",
                "{\n}"
            })
    void aPayloadThatIsNotOneValueIsADeadLetterAndTheOthersGo(String payload) throws Exception {
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(server.url())) {
            Confirmation<Failure> confirmation =
                    sink.send(List.of(message("s", 1, "1"), message("s", 2, payload), message("s", 3, "3")));

            assertThat(confirmation.failures()).containsOnlyKeys(1);
            assertThat(confirmation.failure(1)).matches(Failure::poison);
            assertThat(confirmation.failure(1).reason())
                    .startsWith("the payload ")
                    .hasSizeLessThan(400);
            assertThat(bodies(server)).containsExactly("1\n3\n");
        }
    }

    @Test
    void aPayloadThatIsNoTextIsADeadLetterAndSaysSo() throws Exception {
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(server.url())) {
            byte[] utf16 = {0, '1'};
            Confirmation<Failure> confirmation = sink.send(List.of(
                    StreamMessage.of("s", 1, new byte[] {'"', (byte) 0xFF, '"'}), StreamMessage.of("s", 2, utf16)));

            assertThat(confirmation.failure(0))
                    .isEqualTo(Failure.poison("the payload is not one JSON value: it is not text in UTF-8"));
            assertThat(confirmation.failure(1)).matches(Failure::poison);
            assertThat(server.received()).isEmpty();
        }
    }

    @Test
    void nestingIsBounded() throws Exception {
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(server.url())) {
            String deep = "[".repeat(100_000) + "]".repeat(100_000);
            assertThat(sink.send(List.of(message("s", 1, deep))).failure(0)).matches(Failure::poison);
        }
    }

    @Test
    void theLineBeforeAnItemIsEscaped() throws Exception {
        Origin origin = new Origin("greeter", "c", "a\"\\\n\u0001é", new InetSocketAddress("192.0.2.1", 7));
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(
                        server.url(),
                        "batch.before",
                        "{\"index\":"
                            + " {\"_id\":\"{id}\",\"x\":{},\"p\":\"{payload}\",\"n\":{sequence},\"l\":\"{{id}\"}}")) {
            sink.send(List.of(new StreamMessage(origin, 5, "{\"a\":1}".getBytes(UTF_8))));

            assertThat(bodies(server))
                    .containsExactly("{\"index\": {\"_id\":\"a\\\"\\\\\\n\\u0001é-5\",\"x\":{},"
                            + "\"p\":\"{\\\"a\\\":1}\",\"n\":5,\"l\":\"{id}\"}}\n{\"a\":1}\n");
        }
    }

    @Test
    void aBodyHasNoMoreThanItsSize() throws Exception {
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(server.url(), "batch.max-size", "1KB")) {
            List<StreamMessage> messages = IntStream.rangeClosed(1, 40)
                    .mapToObj(i -> message("s", i, "\"" + "x".repeat(i == 20 ? 5000 : 97) + "\""))
                    .toList();

            assertThat(sink.send(messages).complete()).isTrue();

            // Those before the large one, that alone, and those behind it.
            assertThat(server.received())
                    .extracting(request -> request.body().length)
                    .containsExactly(1000, 900, 5003, 1000, 1000);
        }
    }

    @Test
    void aBodyThatIsTooLargeIsHalvedUntilAMessageIsAlone() throws Exception {
        try (WebServer server = new WebServer((exchange, request) ->
                        exchange.sendResponseHeaders(request.body().length > 250 ? 413 : 200, -1));
                Sink sink = sink(server.url())) {
            List<StreamMessage> messages = IntStream.rangeClosed(1, 16)
                    .mapToObj(i -> message("s", i, "\"" + "x".repeat(i == 6 ? 300 : 97) + "\""))
                    .toList();

            Confirmation<Failure> confirmation = sink.send(messages);

            assertThat(confirmation.failures()).containsExactly(Map.entry(5, Failure.poison("HTTP 413")));
            assertThat(server.received()).hasSizeLessThan(30);

            int before = server.received().size();
            assertThat(sink.send(numbers("s", 300)).complete()).isTrue();
            assertThat(server.received().subList(before, server.received().size()))
                    .as("it has learnt what the server takes")
                    .allMatch(request -> request.body().length <= 250);
        }
    }

    @Test
    void aLimitThatIsLiftedIsFoundOut() {
        BodyLimit limit = new BodyLimit(1_000_000);
        limit.refused(1_000_000);
        limit.refused(500_000);
        assertThat(limit.bytes()).isEqualTo(250_000);
        for (int i = 0; i < 20; i++) {
            limit.taken();
        }
        assertThat(limit.bytes()).isBetween(400_000L, 500_000L);
        for (int i = 0; i < 100; i++) {
            limit.taken();
        }
        assertThat(limit.bytes()).isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void aMessageThatTheServerCannotReadIsSoughtOutByHalves(int status) throws Exception {
        try (WebServer server = new WebServer((exchange, request) ->
                        exchange.sendResponseHeaders(body(request).contains("13\n") ? status : 200, -1));
                Sink sink = sink(server.url())) {
            assertThat(sink.send(numbers("s", 64)).failures())
                    .containsExactly(Map.entry(12, Failure.poison("HTTP " + status)));
            assertThat(bodies(server).getLast()).endsWith("64\n");
        }
    }

    @Test
    void aUrlThatIsWrongIsNotAskedForEachMessage() throws Exception {
        try (WebServer server = WebServer.answering(404);
                Sink sink = sink(server.url())) {
            assertThat(failures(sink.send(numbers("s", 3)), 3))
                    .containsExactlyElementsOf(Collections.nCopies(3, Failure.poison("HTTP 404")));
            assertThat(server.received()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"503, PASSING", "429, PASSING", "413, PASSING", "401, UNAUTHORIZED"})
    void aFailureThatMayPassIsAnAttemptOfTheFirstOfEachStreamAndEndsTheSending(int status, Failure.Kind kind)
            throws Exception {
        try (WebServer server = new WebServer((exchange, _) -> {
                    exchange.getResponseHeaders().set("Retry-After", "17");
                    exchange.sendResponseHeaders(status, -1);
                });
                Sink sink = sink(server.url(), "batch.max-messages", "4")) {
            List<Envelope> messages = Stream.concat(numbers("a", 2).stream(), numbers("b", 2).stream())
                    .map(Envelope.class::cast)
                    .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
            messages.addAll(numbers("c", 1));

            List<Failure> failures = failures(sink.send(messages), 5);

            assertThat(failures)
                    .extracting(Failure::kind)
                    .containsExactly(kind, Failure.Kind.HELD, kind, Failure.Kind.HELD, Failure.Kind.HELD);
            assertThat(failures.getFirst().pause()).isEqualTo(Duration.ofSeconds(17));
            assertThat(failures.getLast().reason()).startsWith("not sent, since one before it failed: HTTP " + status);
            assertThat(server.received()).hasSize(1);
        }
    }

    @Test
    void redirectsAreNotFollowedAndMetadataAddressesAreRefused() throws Exception {
        try (WebServer server = new WebServer((exchange, _) -> {
                    exchange.getResponseHeaders().set("Location", "http://localhost/else");
                    exchange.sendResponseHeaders(307, -1);
                });
                Sink sink = sink(server.url());
                Sink metadata = sink("http://169.254.169.254/latest")) {
            assertThat(sink.send(numbers("s", 1)).failure(0))
                    .isEqualTo(Failure.passing("HTTP 307 points to http://localhost/else; redirects are not followed"));
            assertThat(metadata.send(numbers("s", 1)).failure(0).reason()).contains("allow-link-local permits it");
        }
    }

    @Test
    void aServerThatIsAwayIsToldAsForSingleMessages() throws Exception {
        int free = Ports.free();
        try (Sink sink = sink("http://localhost:" + free)) {
            assertThat(sink.send(numbers("s", 2)).failure(0))
                    .isEqualTo(Failure.passing("connection refused by localhost:" + free));
        }
    }

    @Test
    void eachItemHasAResult() throws Exception {
        try (WebServer server = new WebServer(answering("success"));
                Sink sink = bulk(server)) {
            assertThat(sink.send(numbers("s", 3)).complete()).isTrue();
            assertThat(bodies(server)).containsExactly("""
                {"create":{"_id":"s-1"}}
                1
                {"create":{"_id":"s-2"}}
                2
                {"create":{"_id":"s-3"}}
                3
                """);
        }
    }

    @Test
    void anItemThatIsRefusedForNowHoldsUpWhatIsBehindIt() throws Exception {
        try (WebServer server = new WebServer(answering("rejected"));
                Sink sink = bulk(server)) {
            List<Failure> failures = failures(sink.send(numbers("s", 3)), 3);

            assertThat(failures.get(0)).isNull();
            assertThat(failures.get(1).kind()).isEqualTo(Failure.Kind.PASSING);
            assertThat(failures.get(1).reason())
                    .startsWith("item refused with 429: rejected_execution_exception: rejected execution of");
            assertThat(failures.get(2)).matches(Failure::held);
        }
    }

    @Test
    void anItemThatDoesNotFitIsADeadLetterWithTheWordsOfTheError() throws Exception {
        try (WebServer server = new WebServer(answering("mapping"));
                Sink sink = bulk(server)) {
            assertThat(sink.send(numbers("s", 3)).failures())
                    .containsExactly(Map.entry(
                            1,
                            Failure.poison("item refused with 400: mapper_parsing_exception: failed to parse field"
                                    + " [speed] of type [long] in document with id 's-2'. Preview of field's value:"
                                    + " 'fast', caused by For input string: \"fast\"")));
        }
    }

    @Test
    void whatIsStoredUnderItsIdAlreadyIsConfirmed() throws Exception {
        try (WebServer server = new WebServer(answering("conflict"));
                Sink sink = bulk(server)) {
            List<Failure> failures = failures(sink.send(numbers("s", 3)), 3);

            assertThat(failures.get(0)).isNull();
            assertThat(failures.get(1)).as("of another id").matches(Failure::poison);
            assertThat(failures.get(2)).as("of an index").matches(Failure::poison);
        }
    }

    @Test
    void theStatusOfAnItemCountsLikeThatOfAnAnswer() throws Exception {
        try (WebServer server = new WebServer(answering("blocked"));
                Sink sink = bulk(server)) {
            List<Envelope> messages = List.of(message("a", 1, "1"), message("b", 1, "1"), message("c", 1, "1"));

            assertThat(failures(sink.send(messages), 3))
                    .extracting(Failure::kind)
                    .containsExactly(Failure.Kind.UNAUTHORIZED, Failure.Kind.PASSING, Failure.Kind.POISON);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"items\":[]}",
                "{\"items\":[{\"create\":{\"status\":201}}]}",
                "{\"items\":[{\"create\":{}},{}]}",
                "{\"items\":[{},{}]}",
                "{\"items\":[{\"create\":{\"status\":201}},{\"create\":{\"status\":201}},{\"create\":{\"status\":201}}]}",
                "{\"items\":[{\"create\":{\"status\":201}},{\"create\""
            })
    void anAnswerWithoutResultsConfirmsNothing(String answer) throws Exception {
        try (WebServer server = new WebServer((exchange, _) -> {
                    exchange.sendResponseHeaders(200, answer.isEmpty() ? -1 : answer.length());
                    exchange.getResponseBody().write(answer.getBytes(UTF_8));
                });
                Sink sink = bulk(server)) {
            List<Failure> failures = failures(sink.send(numbers("s", 2)), 2);

            assertThat(failures.get(0).kind()).isEqualTo(Failure.Kind.PASSING);
            assertThat(failures.get(0).reason()).startsWith("the answer does not tell of each item: it ");
            assertThat(failures.get(1)).matches(Failure::held);
        }
    }

    @Test
    void anAnswerIsReadOnlySoFar() throws Exception {
        try (WebServer server = new WebServer((exchange, _) -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] blank = " ".repeat(8192).getBytes(UTF_8);
                    for (int i = 0; i < 1000; i++) {
                        exchange.getResponseBody().write(blank);
                    }
                });
                Sink sink = bulk(server)) {
            assertThat(sink.send(numbers("s", 1)).failure(0).reason())
                    .contains("it broke off, or has more than 1052672 bytes");
        }
    }

    @Test
    void aFieldStandsBeforeAnItemAndOneThatNoRuleHasIsToBeMended() throws Exception {
        try (WebServer server = new WebServer(TAKES);
                Sink sink = sink(
                        server.url(), "batch.item", "json", "batch.before", "{\"index\":{\"routing\":\"{imei}\"}}")) {
            Confirmation<Failure> confirmation = sink.send(List.of(
                    DeviceMessage.of("867").with("imei", "8\"\n7"),
                    DeviceMessage.of(null).numbered(2),
                    DeviceMessage.of(null).with("imei", "9").numbered(3)));

            assertThat(confirmation.failures()).containsOnlyKeys(1, 2);
            assertThat(confirmation.failure(1))
                    .isEqualTo(Failure.passing("no rule of the listener has a field {imei}"));
            assertThat(confirmation.failure(2).held()).isTrue();
            assertThat(bodies(server))
                    .singleElement()
                    .asString()
                    .startsWith("{\"index\":{\"routing\":\"8\\\"\\n7\"}}\n{")
                    .contains("\"subject\":\"867\"", "\"fields\":{\"imei\":\"8\\\"\\n7\"}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "batch.max-messages, 0",
        "batch.max-messages, 10001",
        "batch.max-size, 1B",
        "batch.max-size, 1GB",
        "batch.before, not json",
        "batch.before, '{\"a\":{id}}'",
        "batch.before, '{}\n{}'",
        "headers.x, '{listener}'",
        "batch.results, elasticsearch",
        "batch.format, xml",
        "compression, zip"
    })
    void aBadValueIsRefusedByItsKey(String key, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    try {
                        sink("http://localhost/", key, value);
                    } catch (org.springframework.boot.context.properties.bind.BindException ex) {
                        throw new IllegalArgumentException(
                                "sluice.sinks.hook.http." + key + ": " + ex.getMessage(), ex);
                    }
                })
                .withMessageStartingWith("sluice.sinks.hook.http." + key + ": ");
    }
}
