package dev.sluice.sink.mqtt;

import static dev.sluice.sink.CheckedDeclaration.checked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.sluice.Ports;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.DeviceMessage;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Failure.Kind;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SocketServer;
import dev.sluice.sink.TracedMessage;
import dev.sluice.sink.WireMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class MqttSinkTests {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(500);

    private static MqttBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = new MqttBroker();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void publishesToTheTopicOfEachMessage(int qos) throws Exception {
        MqttBroker.Received received = broker.subscribe("topics-" + qos + "/#");
        try (Sink sink = sink(broker.url(), "topics-" + qos + "/{listener}/{sequence}", qos, LONG)) {
            assertThat(sink.send(WireMessage.of("a", "b")).complete()).isTrue();

            Mqtt5Publish first = received.next();
            assertThat(first.getTopic()).hasToString("topics-" + qos + "/greeter/1");
            assertThat(first.getPayloadAsBytes()).isEqualTo("a".getBytes(UTF_8));
            assertThat(received.next().getTopic()).hasToString("topics-" + qos + "/greeter/2");
        }
    }

    @Test
    void carriesEveryByte() throws Exception {
        byte[] payload = new byte[100_000];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) i;
        }
        MqttBroker.Received received = broker.subscribe("bytes");
        try (Sink sink = sink(broker.url(), "bytes", 1, LONG)) {
            assertThat(sink.send(List.of(WireMessage.of(1, payload))).complete())
                    .isTrue();

            assertThat(received.next().getPayloadAsBytes()).isEqualTo(payload);
        }
    }

    @Test
    void onlyAMessageWithATraceSaysWhereItGoesOn() throws Exception {
        MqttBroker.Received received = broker.subscribe("traced");
        try (Sink sink = sink(broker.url(), "traced", 1, LONG)) {
            TracedMessage traced = TracedMessage.of(WireMessage.of(1, new byte[0]));
            sink.send(List.of(traced, WireMessage.of(2, new byte[0])));

            assertThat(received.next()
                            .getUserProperties()
                            .asList()
                            .contains(Mqtt5UserProperty.of("traceparent", traced.traceparent())))
                    .isTrue();
            assertThat(received.next().getUserProperties().asList().stream()
                            .noneMatch(property -> property.getName().toString().equals("traceparent")))
                    .isTrue();
        }
    }

    @Test
    void tellsWhatIsKnownOfAMessageAsCloudEventAttributes() throws Exception {
        MqttBroker.Received received = broker.subscribe("attributes");
        try (Sink sink = sink(broker.url(), "attributes", 1, LONG)) {
            sink.send(WireMessage.of("a"));

            Map<String, String> properties = new LinkedHashMap<>();
            received.next()
                    .getUserProperties()
                    .asList()
                    .forEach(property -> properties.put(
                            property.getName().toString(), property.getValue().toString()));
            assertThat(properties)
                    .isEqualTo(Map.of(
                            "specversion", "1.0",
                            "id", "c1-1",
                            "source", "sluice/greeter",
                            "type", "dev.sluice.message",
                            "time", "2026-01-02T03:04:05Z",
                            "listener", "greeter",
                            "connection", "c1",
                            "sequence", "1",
                            "remoteaddress", "192.0.2.7"));
        }
    }

    @Test
    void keepsTheOrderOfManyMessages() throws Exception {
        MqttBroker.Received received = broker.subscribe("order");
        try (Sink sink = sink(broker.url(), "order", 1, LONG)) {
            assertThat(sink.send(WireMessage.numbered(5000)).complete()).isTrue();

            for (int i = 1; i <= 5000; i++) {
                assertThat(received.nextText()).isEqualTo(Integer.toString(i));
            }
        }
    }

    @Test
    void confirmsWhatNobodySubscribesTo() throws Exception {
        try (Sink sink = sink(broker.url(), "lonely", 1, LONG)) {
            assertThat(sink.send(WireMessage.of("a")).complete()).isTrue();
        }
    }

    @Test
    void replacesInValuesWhatNoTopicMayHave() throws Exception {
        MqttBroker.Received received = broker.subscribe("values/#");
        try (Sink sink = sink(broker.url(), "values/{payload}", 1, LONG)) {
            assertThat(sink.send(WireMessage.of("a/+/#\u0000\n$")).complete()).isTrue();

            assertThat(received.next().getTopic()).hasToString("values/a/_/___$");
        }
    }

    @Test
    void aFieldIsPartOfATopicAndAnIdentityIsTheSubject() throws Exception {
        MqttBroker.Received received = broker.subscribe("devices/#");
        try (Sink sink = sink(broker.url(), "devices/{imei}/{identity}", 1, LONG)) {
            Confirmation<Failure> confirmation = sink.send(List.of(
                    DeviceMessage.of("a+/#\0\n").with("imei", "$867+#/x"),
                    DeviceMessage.of(null).with("imei", null).numbered(2),
                    DeviceMessage.of(null).numbered(3),
                    DeviceMessage.of(null).with("imei", "4").numbered(4)));

            assertThat(confirmation.failures()).containsOnlyKeys(2, 3);
            assertThat(confirmation.failure(2))
                    .isEqualTo(Failure.passing("no rule of the listener has a field {imei}"));
            assertThat(confirmation.failure(3).held()).isTrue();
            Mqtt5Publish first = received.next();
            assertThat(first.getTopic()).hasToString("devices/$867__/x/a_/___");
            assertThat(first.getUserProperties().asList().contains(Mqtt5UserProperty.of("subject", "a+/#__")))
                    .isTrue();
            assertThat(received.next().getTopic()).hasToString("devices//");
        }
    }

    @Test
    void poisonIsTheMessageAloneThatCanHaveNoTopic() throws Exception {
        try (Sink sink = sink(broker.url(), "{payload}", 1, LONG)) {
            Confirmation<Failure> confirmation = sink.send(WireMessage.of("$SYS", "", "x".repeat(65_536), "b"));

            assertThat(confirmation.failure(0)).isNull();
            assertThat(confirmation.failure(1)).isEqualTo(Failure.poison("its topic would be empty"));
            assertThat(confirmation.failure(2)).isEqualTo(Failure.poison("its topic would be longer than 65535 bytes"));
            assertThat(confirmation.failure(3)).isNull();
        }
    }

    @Test
    void logsIn() throws Exception {
        try (MqttBroker guarded = new MqttBroker(0, "secret");
                Sink welcome = sink(guarded.url(), "secret", LONG);
                Sink stranger = sink(guarded.url(), "guess", LONG)) {
            assertThat(welcome.send(WireMessage.of("a")).complete()).isTrue();

            Failure failure = stranger.send(WireMessage.of("a")).failure(0);
            assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
            assertThat(failure.reason())
                    .matches("localhost:\\d+: refuses the connection: (not authorized|bad user name or password)");
        }
    }

    @Test
    void worksAgainWhenTheBrokerIsBack() throws Exception {
        int port = Ports.free();
        MqttBroker first = new MqttBroker(port, "");
        try (Sink sink = sink(first.url(), "again", 1, LONG)) {
            assertThat(sink.send(WireMessage.of("a")).complete()).isTrue();

            first.close();
            await().untilAsserted(
                            () -> assertThat(sink.send(WireMessage.of("b")).failure(0))
                                    .isEqualTo(Failure.passing("localhost:" + port + ": Connection refused")));

            try (MqttBroker second = new MqttBroker(port, "")) {
                MqttBroker.Received received = second.subscribe("again");
                assertThat(sink.send(WireMessage.of("b")).complete()).isTrue();
                assertThat(received.nextText()).isEqualTo("b");
            }
        }
    }

    @Test
    void givesUpOnABrokerThatDoesNotAnswerTheConnection() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (SocketServer mute = new SocketServer((_, _) -> over.await());
                Sink sink = sink("tcp://localhost:" + mute.port(), "t", 1, SHORT)) {
            Failure failure = sink.send(WireMessage.of("a")).failure(0);
            assertThat(failure.kind()).isEqualTo(Kind.PASSING);
            assertThat(failure.reason()).startsWith("localhost:" + mute.port() + ": ");
        } finally {
            over.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x90, 0x99})
    void noMessageIsToBlameForAConnectionThatIsRefused(int code) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (SocketServer refusing = new SocketServer((in, out) -> {
                    int _ = in.read(new byte[1024]);
                    out.write(new byte[] {0x20, 3, 0, (byte) code, 0});
                    over.await();
                });
                Sink sink = sink("tcp://localhost:" + refusing.port(), "t", 1, LONG)) {
            Failure failure = sink.send(WireMessage.of("a")).failure(0);
            assertThat(failure.reason()).contains("refuses the connection");
            assertThat(failure.kind()).isEqualTo(Kind.PASSING);
        } finally {
            over.countDown();
        }
    }

    @Test
    void whatIsBehindAMessageThatIsNotConfirmedInTimeComesAgainAfterItByANewConnection() throws Exception {
        AtomicReference<@Nullable Integer> late = new AtomicReference<>();
        try (ScriptedBroker scripted =
                        new ScriptedBroker(100, text -> text.equals("a 2") ? late.get() : Integer.valueOf(0));
                Sink sink = sink(scripted.url(), "t", 1, SHORT)) {
            Confirmation<Failure> confirmation = sink.send(messages("a 1", "a 2", "b 1", "a 3"));

            String reason = "localhost:" + scripted.port() + ": not confirmed within 0.5 s";
            assertThat(IntStream.range(0, 4).mapToObj(confirmation::failure))
                    .containsExactly(
                            null,
                            Failure.passing(reason),
                            null,
                            Failure.held("one before it in its stream failed: " + reason));

            late.set(0);
            assertThat(sink.send(messages("a 2", "a 3")).complete()).isTrue();
            assertThat(scripted.texts()).containsExactly("a 1", "a 2", "b 1", "a 3", "a 2", "a 3");
            assertThat(scripted.connections()).isEqualTo(2);
        }
    }

    @Test
    void whatIsBehindAMessageThatIsRefusedComesAgainAfterItAndOtherStreamsGoOn() throws Exception {
        AtomicInteger quota = new AtomicInteger(0x97);
        try (ScriptedBroker scripted =
                        new ScriptedBroker(100, text -> text.equals("a 1") ? quota.get() : Integer.valueOf(0));
                Sink sink = sink(scripted.url(), "t", 1, LONG)) {
            Confirmation<Failure> confirmation = sink.send(messages("a 1", "b 1", "a 2", "b 2"));

            assertThat(IntStream.range(0, 4).mapToObj(confirmation::failure))
                    .extracting(failure -> failure == null ? null : failure.kind())
                    .containsExactly(Kind.PASSING, null, Kind.HELD, null);

            quota.set(0);
            assertThat(sink.send(messages("a 1", "a 2")).complete()).isTrue();
            assertThat(scripted.connections()).isEqualTo(1);
        }
    }

    @Test
    void behindAPoisonousMessageItsStreamGoesOn() throws Exception {
        try (ScriptedBroker scripted = new ScriptedBroker(100, text -> text.equals("a 1") ? 0x99 : 0);
                Sink sink = sink(scripted.url(), "t", 1, LONG)) {
            Confirmation<Failure> confirmation = sink.send(messages("a 1", "a 2"));

            assertThat(confirmation.failure(0)).extracting(Failure::kind).isEqualTo(Kind.POISON);
            assertThat(confirmation.failure(1)).isNull();
        }
    }

    @Test
    void aTopicThatTheBrokerDeniesIsTheOperatorsToMend() throws Exception {
        try (ScriptedBroker scripted = new ScriptedBroker(100, _ -> 0x87);
                Sink sink = sink(scripted.url(), "t", 1, LONG)) {
            assertThat(sink.send(WireMessage.of("a")).failure(0))
                    .isEqualTo(Failure.unauthorized(
                            "localhost:" + scripted.port() + ": refuses the message: not authorized"));
        }
    }

    @Test
    void hasNoMoreInFlightThanTheBrokerAllows() throws Exception {
        try (ScriptedBroker scripted = new ScriptedBroker(2, _ -> null);
                Sink sink = sink(scripted.url(), "t", 1, SHORT)) {
            Confirmation<Failure> confirmation = sink.send(WireMessage.numbered(5));

            assertThat(confirmation.failure(0)).isNotNull();
            assertThat(confirmation.failure(4)).isNotNull();
            assertThat(scripted.received()).isEqualTo(2);
        }
    }

    @Test
    void waitsForAPlaceAmongThoseInFlight() throws Exception {
        try (ScriptedBroker scripted = new ScriptedBroker(2, _ -> 0);
                Sink sink = sink(scripted.url(), "t", 1, LONG)) {
            assertThat(sink.send(WireMessage.numbered(1000)).complete()).isTrue();
        }
    }

    @Test
    void aBrokerThatHangsIsFoundOutByPingsAndKeepsNothing() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (SocketServer hanging = new SocketServer((in, out) -> {
            in.read();
            out.write(new byte[] {0x20, 7, 0, 0, 4, 0x12, 0, 1, 'x'});
            over.await();
        })) {
            String url = "tcp://localhost:" + hanging.port();
            BrokerConnection connection = BrokerConnection.open(
                    BrokerAddress.parse(url), new MqttSinkProperties(url, "t", 1, null, null, null, SHORT));
            Mqtt5Publish large = Mqtt5Publish.builder()
                    .topic("t")
                    .payload(new byte[16 * 1024 * 1024])
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .build();
            CompletableFuture<?> answer = connection.publish(large, System.nanoTime() + LONG.toNanos());

            await().atMost(LONG).until(answer::isCompletedExceptionally);
            assertThat(connection.connected()).isFalse();
        } finally {
            over.countDown();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x10, ''",
        "0x80, unspecified error",
        "0x83, implementation specific error",
        "0x87, not authorized",
        "0x97, quota exceeded",
    })
    void triesAgainWhatMayPass(String code, String reason) throws Exception {
        assertThat(failure(Integer.decode(code)))
                .isEqualTo(reason.isEmpty() ? null : Failure.passing("refuses the message: " + reason));
    }

    @ParameterizedTest
    @CsvSource({"0x90, topic name invalid", "0x99, payload format invalid"})
    void isPoisonWhatIsWrongWithTheMessage(String code, String reason) throws Exception {
        assertThat(failure(Integer.decode(code))).isEqualTo(Failure.poison("refuses the message: " + reason));
    }

    private static @Nullable Failure failure(int code) throws Exception {
        try (ScriptedBroker scripted = new ScriptedBroker(100, _ -> code);
                Sink sink = sink(scripted.url(), "t", 1, LONG)) {
            Failure failure = sink.send(WireMessage.of("a")).failure(0);
            if (failure == null) {
                return null;
            }
            String reason = failure.reason().replace("localhost:" + scripted.port() + ": ", "");
            return failure.poison() ? Failure.poison(reason) : Failure.passing(reason);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://localhost, localhost, 1883, false",
        "ssl://broker_1, broker_1, 8883, true",
        "tcp://[::1]:1234, ::1, 1234, false",
        "ssl://10.0.0.1:1/, 10.0.0.1, 1, true"
    })
    void understandsAUrl(String url, String host, int port, boolean tls) {
        assertThat(BrokerAddress.parse(url)).isEqualTo(new BrokerAddress(host, port, tls));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:1883",
                "mqtt://localhost",
                "tcp://",
                "tcp://a:b@host",
                "tcp://host/path",
                "tcp://host:0"
            })
    void refusesAnyOtherUrl(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink(url, "t", 1, LONG))
                .withMessageStartingWith("sluice.sinks.iot.mqtt.url: ");
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink("tcp://localhost", "a/+", 1, LONG))
                .withMessage("sluice.sinks.iot.mqtt.topic: must not contain +, # or control characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink("tcp://localhost", "{listener", 1, LONG))
                .withMessageStartingWith("sluice.sinks.iot.mqtt.topic: '{' is not closed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink("tcp://localhost", "t", 3, LONG))
                .withMessage("sluice.sinks.iot.mqtt.qos: must be 0, 1 or 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink("tcp://localhost", "t", 1, Duration.ZERO))
                .withMessage("sluice.sinks.iot.mqtt.timeout: must be more than 0");
    }

    /** Of the streams that the payloads name. */
    private static List<WireMessage> messages(String... payloads) {
        return Stream.of(payloads)
                .map(payload -> WireMessage.of(
                        payload.substring(0, 1), Integer.parseInt(payload.substring(2)), payload.getBytes(UTF_8)))
                .toList();
    }

    private static Sink sink(String url, String topic, int qos, Duration timeout) {
        return new MqttSink(
                "iot", checked("iot.mqtt", new MqttSinkProperties(url, topic, qos, null, null, null, timeout)));
    }

    private static Sink sink(String url, String password, Duration timeout) {
        return new MqttSink("iot", new MqttSinkProperties(url, "t", 1, "me", "someone", password, timeout));
    }
}
