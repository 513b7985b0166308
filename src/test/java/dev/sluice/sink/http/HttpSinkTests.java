package dev.sluice.sink.http;

import static dev.sluice.sink.CheckedDeclaration.checked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.Ports;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.sink.DeviceMessage;
import dev.sluice.sink.Failure;
import dev.sluice.sink.StreamMessage;
import dev.sluice.sink.http.WebServer.Received;
import io.cloudevents.CloudEvent;
import io.cloudevents.http.HttpMessageFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

@Timeout(60)
final class HttpSinkTests {

    private static HttpSink sink(String url, String... more) {
        return new HttpSink("hook", checked("hook.http", properties(url, more)), new DefaultListableBeanFactory());
    }

    private static HttpSinkProperties properties(String url, String... more) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource(Map.of("http.url", url));
        for (int i = 0; i < more.length; i += 2) {
            source.put("http." + more[i], more[i + 1]);
        }
        return new Binder(source).bindOrCreate("http", HttpSinkProperties.class);
    }

    private static Failure onlyFailure(HttpSink sink) throws InterruptedException {
        Failure failure = sink.send(StreamMessage.stream("s", 1)).failure(0);
        assertThat(failure).isNotNull();
        return failure;
    }

    @Test
    void hasDefaults() {
        assertThat(properties("http://localhost/"))
                .isEqualTo(new HttpSinkProperties(
                        "http://localhost/",
                        "POST",
                        Map.of(),
                        Duration.ofSeconds(10),
                        16,
                        null,
                        null,
                        Compression.NONE,
                        false));
    }

    @Test
    void aMessageIsOneRequestWhoseBodyIsThePayloadByteForByte() throws Exception {
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        try (WebServer server = WebServer.answering(204);
                HttpSink sink = sink(server.url())) {
            assertThat(sink.send(List.of(StreamMessage.of("s", 1, all), StreamMessage.of("s", 2, new byte[0])))
                            .complete())
                    .isTrue();

            assertThat(server.received()).extracting(Received::body).containsExactly(all, new byte[0]);
            assertThat(server.received().getFirst().method()).isEqualTo("POST");
            assertThat(server.received().getFirst().path()).isEqualTo("/in?source=test");
            assertThat(server.received().getFirst().header("Content-type")).isEqualTo("application/octet-stream");
        }
    }

    @Test
    void aCloudEventsLibraryReadsWhatWasSent() throws Exception {
        InetSocketAddress remote = new InetSocketAddress(InetAddress.getByName("2001:db8::1"), 7);
        StreamMessage message =
                new StreamMessage(new Origin("greeter", "100% \"odd\" é 世", "s-3", remote), 42, "hi".getBytes(UTF_8));
        try (WebServer server = WebServer.answering(200);
                HttpSink sink = sink(server.url())) {
            sink.send(List.of(message));

            Received request = server.received().getFirst();
            assertThat(request.header("Ce-connection")).isEqualTo("100%25%20%22odd%22%20%C3%A9%20%E4%B8%96");
            CloudEvent event = HttpMessageFactory.createReaderFromMultimap(request.headers(), request.body())
                    .toEvent();
            assertThat(event.getId()).isEqualTo("s-3-42");
            assertThat(event.getSource()).hasToString("sluice/greeter");
            assertThat(event.getType()).isEqualTo("dev.sluice.message");
            assertThat(event.getTime()).isEqualTo(StreamMessage.RECEIVED_AT.toString());
            assertThat(event.getExtension("listener")).isEqualTo("greeter");
            assertThat(event.getExtension("sequence")).isEqualTo("42");
            assertThat(event.getExtension("remoteaddress")).isEqualTo("2001:db8::1");
            assertThat(event.getDataContentType()).isEqualTo("application/octet-stream");
            assertThat(event.getData()).isNotNull();
            assertThat(event.getData().toBytes()).isEqualTo(message.payload());
        }
    }

    @Test
    void anOperatorSetsMethodAndHeaders() throws Exception {
        try (WebServer server = WebServer.answering(200);
                HttpSink sink = sink(
                        server.url(),
                        "method",
                        "PUT",
                        "headers.Authorization",
                        "Bearer secret",
                        "headers.content-type",
                        "text/plain")) {
            sink.send(StreamMessage.stream("s", 1));

            Received request = server.received().getFirst();
            assertThat(request.method()).isEqualTo("PUT");
            assertThat(request.header("Authorization")).isEqualTo("Bearer secret");
            assertThat(request.headers().get("Content-type")).containsExactly("text/plain");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, true",
        "404, true",
        "413, true",
        "422, true",
        "408, false",
        "425, false",
        "429, false",
        "500, false",
        "503, false"
    })
    void aStatusSaysWhetherToTryAgain(int status, boolean poison) throws Exception {
        try (WebServer server = WebServer.answering(status);
                HttpSink sink = sink(server.url())) {
            String text = "HTTP " + status;
            assertThat(onlyFailure(sink)).isEqualTo(poison ? Failure.poison(text) : Failure.passing(text));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 407})
    void credentialsThatAreRefusedAreTheOperatorsToMend(int status) throws Exception {
        try (WebServer server = WebServer.answering(status);
                HttpSink sink = sink(server.url())) {
            assertThat(onlyFailure(sink)).isEqualTo(Failure.unauthorized("HTTP " + status));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 403, 408, 413, 425, 429, 500, 503})
    void aServerMayAskToBeLeftAloneForAWhile(int status) throws Exception {
        try (WebServer server = new WebServer((exchange, request) -> {
                    exchange.getResponseHeaders().set("Retry-After", "17");
                    exchange.sendResponseHeaders(status, -1);
                });
                HttpSink sink = sink(server.url())) {
            Failure failure = onlyFailure(sink);

            assertThat(failure.pause()).isEqualTo(Duration.ofSeconds(17));
            assertThat(failure.reason()).startsWith("HTTP " + status + ", and asks to wait 17s");
            assertThat(failure.poison()).isFalse();
        }
    }

    @Test
    void aClientWhoseThreadHasEndedIsReplaced() throws Exception {
        try (WebServer server = WebServer.answering(204);
                Client client = new Client("hook", properties(server.url()), new DefaultListableBeanFactory())) {
            HttpClient first = client.get();
            Thread thread = threadOf(first);
            thread.interrupt();
            thread.join(10_000);

            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(server.url())).build();
            assertThatIOException().isThrownBy(() -> first.send(request, BodyHandlers.discarding()));
            assertThat(client.get().send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(204);
            assertThat(client.get()).isNotSameAs(first).isSameAs(client.get());
        }
    }

    /** Both tell the number of the client. */
    private static Thread threadOf(HttpClient client) {
        String number = client.toString().replaceFirst(".*\\((\\d+)\\)$", "$1");
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("HttpClient-" + number + "-SelectorManager"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectsAreNotFollowed(int status) throws Exception {
        try (WebServer elsewhere = WebServer.answering(200);
                WebServer server = new WebServer((exchange, request) -> {
                    exchange.getResponseHeaders().set("Location", elsewhere.url());
                    exchange.sendResponseHeaders(status, -1);
                });
                HttpSink sink = sink(server.url())) {
            assertThat(onlyFailure(sink))
                    .isEqualTo(Failure.passing(
                            "HTTP " + status + " points to " + elsewhere.url() + "; redirects are not followed"));
            assertThat(elsewhere.received()).isEmpty();
        }
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (WebServer server = new WebServer((exchange, request) -> done.await());
                HttpSink sink = sink(server.url(), "timeout", "300ms")) {
            assertThat(onlyFailure(sink))
                    .isEqualTo(Failure.passing("no answer from localhost:" + server.port() + " within 300ms"));
            done.countDown();
        }
    }

    @Test
    void aServerThatDoesNotEvenReadIsGivenUp() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                HttpSink sink = sink("http://localhost:" + server.getLocalPort(), "timeout", "500ms")) {
            assertThat(sink.send(List.of(StreamMessage.of("s", 1, new byte[32 << 20])))
                            .failure(0))
                    .isEqualTo(Failure.passing("no answer from localhost:" + server.getLocalPort() + " within 500ms"));
        }
    }

    @Test
    void connectionErrorsAreToldApart() throws Exception {
        int free = Ports.free();
        try (HttpSink sink = sink("http://localhost:" + free);
                HttpSink unknown = sink("http://no-such-host.invalid/")) {
            assertThat(onlyFailure(sink)).isEqualTo(Failure.passing("connection refused by localhost:" + free));
            assertThat(onlyFailure(unknown)).isEqualTo(Failure.passing("unknown host no-such-host.invalid"));
        }
    }

    @Test
    void aConnectionThatBreaksOffIsAPassingFailure() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                HttpSink sink = sink("http://localhost:" + server.getLocalPort())) {
            Thread.startVirtualThread(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read();
                } catch (IOException ex) {
                    // The test sees it from the other side.
                }
            });
            assertThat(onlyFailure(sink))
                    .isEqualTo(Failure.passing("connection to localhost:" + server.getLocalPort() + " broke off"));
        }
    }

    @ParameterizedTest
    @CsvSource({"200, true", "503, false"})
    void anEndlessBodyIsNotRead(int status, boolean confirmed) throws Exception {
        CountDownLatch brokenOff = new CountDownLatch(1);
        try (WebServer server = new WebServer((exchange, request) -> {
                    exchange.sendResponseHeaders(status, 0);
                    try (OutputStream out = exchange.getResponseBody()) {
                        while (true) {
                            out.write(new byte[8192]);
                        }
                    } catch (IOException ex) {
                        brokenOff.countDown();
                    }
                });
                HttpSink sink = sink(server.url())) {
            assertThat(sink.send(StreamMessage.stream("s", 1)).complete()).isEqualTo(confirmed);
            assertThat(brokenOff.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aStatusCountsThoughItsBodyNeverEnds() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (WebServer server = new WebServer((exchange, request) -> {
                    exchange.sendResponseHeaders(200, 10);
                    exchange.getResponseBody().write(1);
                    exchange.getResponseBody().flush();
                    done.await();
                });
                HttpSink sink = sink(server.url(), "timeout", "300ms")) {
            assertThat(sink.send(StreamMessage.stream("s", 1)).complete()).isTrue();
            done.countDown();
        }
    }

    @Test
    void messagesOfAStreamFollowOneAnotherOnOneConnection() throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (WebServer server = new WebServer((exchange, request) -> {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    underWay.decrementAndGet();
                    exchange.sendResponseHeaders(200, 2);
                    exchange.getResponseBody().write("ok".getBytes(UTF_8));
                });
                HttpSink sink = sink(server.url())) {
            assertThat(sink.send(StreamMessage.stream("s", 300)).complete()).isTrue();

            assertThat(server.received())
                    .extracting(request -> request.header("Ce-sequence"))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 300)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(most).hasValue(1);
            assertThat(server.received())
                    .extracting(Received::peer)
                    .containsOnly(server.received().getFirst().peer());
        }
    }

    @Test
    void streamsGoSideBySideEachInItsOrder() throws Exception {
        CyclicBarrier eightAtOnce = new CyclicBarrier(8);
        List<Envelope> messages = new ArrayList<>();
        for (int sequence = 1; sequence <= 5; sequence++) {
            for (int stream = 0; stream < 8; stream++) {
                messages.add(StreamMessage.of("s" + stream, sequence));
            }
        }
        try (WebServer server = new WebServer((exchange, request) -> {
                    eightAtOnce.await(20, TimeUnit.SECONDS);
                    exchange.sendResponseHeaders(200, -1);
                });
                HttpSink sink = sink(server.url())) {
            assertThat(sink.send(messages).complete()).isTrue();

            for (int stream = 0; stream < 8; stream++) {
                String id = "s" + stream;
                assertThat(server.received().stream()
                                .filter(request ->
                                        request.header("Ce-connection").equals(id))
                                .map(request -> request.header("Ce-sequence")))
                        .containsExactly("1", "2", "3", "4", "5");
            }
        }
    }

    @Test
    void noMoreRequestsAreUnderWayThanTheOperatorAllows() throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (WebServer server = new WebServer((exchange, request) -> {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    Thread.yield();
                    underWay.decrementAndGet();
                    exchange.sendResponseHeaders(200, -1);
                });
                HttpSink sink = sink(server.url(), "connections", "3");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Confirmation<Failure>>> sent = IntStream.range(0, 4)
                    .mapToObj(caller -> callers.submit(() -> sink.send(IntStream.range(0, 40)
                            .mapToObj(stream -> StreamMessage.of("c" + caller + "s" + stream, 1))
                            .toList())))
                    .toList();
            for (Future<Confirmation<Failure>> confirmation : sent) {
                assertThat(confirmation.get().complete()).isTrue();
            }
            assertThat(most).hasValueBetween(1, 3);
        }
    }

    @Test
    void behindAPassingFailureAStreamWaitsAndOthersGoOn() throws Exception {
        try (WebServer server = new WebServer((exchange, request) ->
                        exchange.sendResponseHeaders(new String(request.body(), UTF_8).equals("a 2") ? 503 : 200, -1));
                HttpSink sink = sink(server.url())) {
            List<StreamMessage> messages = Stream.concat(
                            StreamMessage.stream("a", 3).stream(), StreamMessage.stream("b", 3).stream())
                    .toList();

            Confirmation<Failure> confirmation = sink.send(messages);

            assertThat(IntStream.range(0, 6).mapToObj(confirmation::failure))
                    .containsExactly(
                            null,
                            Failure.passing("HTTP 503"),
                            Failure.held("behind a message that failed"),
                            null,
                            null,
                            null);
            assertThat(server.received())
                    .extracting(request -> new String(request.body(), UTF_8))
                    .containsExactlyInAnyOrder("a 1", "a 2", "b 1", "b 2", "b 3");
        }
    }

    @Test
    void behindAPoisonousMessageItsStreamGoesOn() throws Exception {
        try (WebServer server = new WebServer((exchange, request) ->
                        exchange.sendResponseHeaders(new String(request.body(), UTF_8).equals("a 2") ? 422 : 200, -1));
                HttpSink sink = sink(server.url())) {
            Confirmation<Failure> confirmation = sink.send(StreamMessage.stream("a", 3));

            assertThat(IntStream.range(0, 3).mapToObj(confirmation::failure))
                    .containsExactly(null, Failure.poison("HTTP 422"), null);
        }
    }

    @Test
    void aSenderThatIsInterruptedStopsWaiting() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (WebServer server = new WebServer((exchange, request) -> {
                    asked.countDown();
                    done.await();
                });
                HttpSink sink = sink(server.url());
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> interrupted = callers.submit(() -> assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> sink.send(List.of(StreamMessage.of("a", 1), StreamMessage.of("b", 1)))));
            asked.await();
            callers.shutdownNow();
            interrupted.get(5, TimeUnit.SECONDS);
            done.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "[::ffff:169.254.169.254]",
                "[::ffff:a9fe:a9fe]",
                "[64:ff9b::a9fe:a9fe]",
                "[64:ff9b:1::a9fe:a9fe]",
                "[64:ff9b:1:a9fe:a9:fe00::]",
                "[64:ff9b:1:a9:fe:a9fe::]",
                "[64:ff9b:1:7:a9:fea9:fe00:0]",
                "[64:ff9b:1:7:8:9:a9fe:a9fe]",
                "[2002:a9fe:a9fe::1]",
                "[2001:0:a9fe:a9fe::1]",
                "[2001:0:808:808:0:0:5601:5601]",
                "[2001:db8::5efe:a9fe:a9fe]",
                "[2001:db8::200:5efe:a9fe:a9fe]",
                "[::a9fe:a9fe]",
                "[::ffff:0:a9fe:a9fe]",
                "[2002:6464:64c8::]",
                "[fe80::1]",
                "[fd00:ec2::254]",
                "[fd20:ce::254]",
                "100.100.100.200",
                "2852039166"
            })
    void linkLocalAndMetadataAddressesAreRefused(String host) throws Exception {
        try (HttpSink sink = sink("http://" + host + "/latest/meta-data", "timeout", "300ms")) {
            Failure failure = onlyFailure(sink);

            assertThat(failure.poison()).isFalse();
            assertThat(failure.reason()).contains("link-local or cloud metadata address; allow-link-local permits it");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::808:808", "2002:808:808::1", "2001:db8::1", "::1"})
    void otherAddressesAreNot(String address) {
        assertThat(LinkLocalGuard.isForbidden(InetAddress.ofLiteral(address))).isFalse();
    }

    @Test
    void linkLocalAddressesArePermittedIfTheOperatorSaysSo() throws Exception {
        try (HttpSink sink = sink("http://169.254.0.1:1/", "timeout", "300ms", "allow-link-local", "true")) {
            assertThat(onlyFailure(sink).reason()).doesNotContain("allow-link-local");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.org/in",
                "example.org",
                "/in",
                "http:///in",
                "http://exa mple/",
                "http://u:p@host/"
            })
    void aUrlThatCannotBeCalledIsRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink(url))
                .withMessageStartingWith("sluice.sinks.hook.http.url: ");
    }

    @Test
    void headersAreTemplatesIntoWhichNoPeerBringsALine() throws Exception {
        try (WebServer server = WebServer.answering(200);
                HttpSink sink = sink(
                        server.url(),
                        "headers.x-device",
                        "imei {imei}",
                        "headers.x-who",
                        "{identity}",
                        "headers.x-braces",
                        "{{}")) {
            Confirmation<Failure> confirmation = sink.send(List.of(
                    DeviceMessage.of("é \r\nx-evil: 1").with("imei", "8\r\nx-evil: 1"),
                    DeviceMessage.of(null).with("imei", null).numbered(2),
                    DeviceMessage.of(null).with("imei", "x".repeat(8000)).numbered(3),
                    DeviceMessage.of(null).numbered(4),
                    DeviceMessage.of(null).with("imei", "5").numbered(5)));

            assertThat(confirmation.failures()).containsOnlyKeys(2, 3, 4);
            assertThat(confirmation.failure(2))
                    .isEqualTo(Failure.poison("header x-device would be longer than 8000 bytes"));
            assertThat(confirmation.failure(3))
                    .isEqualTo(Failure.passing("no rule of the listener has a field {imei}"));
            assertThat(confirmation.failure(4).held()).isTrue();
            Received first = server.received().getFirst();
            assertThat(first.header("X-device")).isEqualTo("imei 8%0D%0Ax-evil:%201");
            assertThat(first.header("X-who")).isEqualTo("%C3%A9%20%0D%0Ax-evil:%201");
            assertThat(first.header("Ce-subject")).isEqualTo("%C3%A9%20__x-evil:%201");
            assertThat(first.header("X-braces")).isEqualTo("{}");
            assertThat(first.headers()).doesNotContainKey("X-evil");
            Received second = server.received().get(1);
            assertThat(second.header("X-device")).isEqualTo("imei");
            assertThat(second.headers()).doesNotContainKey("Ce-subject");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "method, 'PO ST'",
        "timeout, 0s",
        "connections, 0",
        "ssl-bundle, missing",
        "headers.ce-id, x",
        "headers.host, x",
        "headers.x, 'secret\u0000'",
        "headers.x, 'secret {listener'",
        "headers.x, 'secret {listener}\n'",
    })
    void aBadValueIsRefusedByItsKeyAndWithoutItsSecret(String key, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink("http://localhost/", key, value))
                .withMessageStartingWith("sluice.sinks.hook.http." + key + ": ")
                .satisfies(ex -> assertThat(ex.getMessage()).doesNotContain("secret"));
    }
}
