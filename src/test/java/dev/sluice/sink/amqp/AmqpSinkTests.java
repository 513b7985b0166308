package dev.sluice.sink.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.sluice.Ports;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.DeviceMessage;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Failure.Kind;
import dev.sluice.sink.SampleMessage;
import dev.sluice.sink.Sink;
import dev.sluice.sink.TracedMessage;
import dev.sluice.sink.jdbc.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

final class AmqpSinkTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    private static AmqpBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = AmqpBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void everyPayloadArrivesByteForByteAndIsToBeKept() {
        broker.createQueue("payloads");
        byte[] all = HexFormat.of().parseHex("00010a0d7f80feff");
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);

        run(
                new AmqpSinkProperties("", "payloads", TIMEOUT),
                sink -> assertThat(sink.send(List.of(
                                SampleMessage.of("a", 1, all),
                                SampleMessage.of("a", 2, new byte[0]),
                                SampleMessage.of("a", 3, large))))
                        .isSameAs(Confirmation.all()));

        assertThat(broker.messages("payloads", 3))
                .allSatisfy(message ->
                        assertThat(message.getProps().getDeliveryMode()).isEqualTo(2))
                .extracting(GetResponse::getBody)
                .containsExactly(all, new byte[0], large);
    }

    @Test
    void onlyAMessageWithATraceSaysWhereItGoesOn() {
        broker.createQueue("traced");
        TracedMessage traced = TracedMessage.of(SampleMessage.of("a-1", 7, "x"));

        run(
                new AmqpSinkProperties("", "traced", TIMEOUT),
                sink -> sink.send(List.of(traced, SampleMessage.of("a-1", 8, "y"))));

        List<GetResponse> messages = broker.messages("traced", 2);
        assertThat(messages.getFirst().getProps().getHeaders().get("traceparent"))
                .hasToString(traced.traceparent());
        assertThat(messages.getLast().getProps().getHeaders()).doesNotContainKey("traceparent");
    }

    @Test
    void cloudEventsAttributesAreHeaders() {
        broker.createQueue("events");

        run(new AmqpSinkProperties("", "events", TIMEOUT), sink -> sink.send(List.of(SampleMessage.of("a-1", 7, "x"))));

        Map<String, String> attributes =
                broker.messages("events", 1).getFirst().getProps().getHeaders().entrySet().stream()
                        .filter(header -> header.getKey().startsWith("cloudEvents"))
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, header -> header.getValue().toString()));
        assertThat(attributes)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "cloudEvents_specversion", "1.0",
                        "cloudEvents_id", "a-1-7",
                        "cloudEvents_source", "sluice/greeter",
                        "cloudEvents_type", "dev.sluice.message",
                        "cloudEvents_time", "2026-02-03T04:05:06.789Z",
                        "cloudEvents_listener", "greeter",
                        "cloudEvents_connection", "a-1",
                        "cloudEvents_sequence", "7",
                        "cloudEvents_remoteaddress", "192.0.2.7"));
    }

    @Test
    void exchangeAndRoutingKeyAreTemplates() {
        broker.createQueue("routed");
        broker.createExchange("of-greeter");
        broker.bind("routed", "of-greeter", "key-3");

        run(
                new AmqpSinkProperties("of-{listener}", "key-{sequence}", TIMEOUT),
                sink -> assertThat(sink.send(List.of(SampleMessage.of("a", 3, "x"))))
                        .isSameAs(Confirmation.all()));

        assertThat(broker.messages("routed", 1)).hasSize(1);
    }

    @Test
    void aFieldRoutesAndAnIdentityIsTheSubject() {
        broker.createQueue("867.#.*");
        broker.createQueue("nobody");

        run(new AmqpSinkProperties("", "{imei|nobody}", TIMEOUT), sink -> {
            Confirmation<Failure> confirmation = sink.send(List.of(
                    DeviceMessage.of("867\r\nx: y").with("imei", "867.#.*"),
                    DeviceMessage.of(null).with("imei", null).numbered(2),
                    DeviceMessage.of(null).numbered(3),
                    DeviceMessage.of(null).with("imei", null).numbered(4)));

            assertThat(confirmation.failures()).containsOnlyKeys(2, 3);
            assertThat(confirmation.failure(2))
                    .isEqualTo(Failure.passing("no rule of the listener has a field {imei}"));
            assertThat(confirmation.failure(3)).extracting(Failure::held).isEqualTo(true);
        });

        assertThat(broker.messages("867.#.*", 1)
                        .getFirst()
                        .getProps()
                        .getHeaders()
                        .get("cloudEvents_subject"))
                .hasToString("867__x: y");
        assertThat(broker.messages("nobody", 1).getFirst().getProps().getHeaders())
                .doesNotContainKey("cloudEvents_subject");
    }

    @Test
    void messagesOfAConnectionStayInOrderThoughManyThreadsSend() {
        broker.createQueue("ordered");
        int connections = 8;
        int batches = 10;
        run(new AmqpSinkProperties("", "ordered", TIMEOUT), sink -> {
            List<Thread> threads = new ArrayList<>();
            List<Confirmation<Failure>> confirmations = Collections.synchronizedList(new ArrayList<>());
            for (int c = 0; c < connections; c++) {
                List<SampleMessage> series = SampleMessage.series("connection-" + c, 20 * batches);
                threads.add(Thread.startVirtualThread(() -> {
                    for (int batch = 0; batch < batches; batch++) {
                        try {
                            confirmations.add(sink.send(series.subList(20 * batch, 20 * batch + 20)));
                        } catch (InterruptedException ex) {
                            throw new IllegalStateException(ex);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(confirmations).hasSize(connections * batches).containsOnly(Confirmation.all());
        });

        List<GetResponse> messages = broker.messages("ordered", connections * batches * 20);
        for (int c = 0; c < connections; c++) {
            String connection = "connection-" + c;
            assertThat(messages)
                    .filteredOn(m -> m.getProps()
                            .getHeaders()
                            .get("cloudEvents_connection")
                            .toString()
                            .equals(connection))
                    .extracting(m -> Integer.valueOf(new String(m.getBody(), UTF_8)))
                    .hasSize(20 * batches)
                    .isSorted();
        }
    }

    @Test
    void whatNoQueueTakesFailsUntilOneDoes() {
        broker.createExchange("unbound");
        broker.createQueue("late");
        run(new AmqpSinkProperties("unbound", "{payload}", TIMEOUT), sink -> {
            List<SampleMessage> messages = List.of(SampleMessage.of("a", 1, "k"), SampleMessage.of("b", 1, "k"));

            Confirmation<Failure> confirmation = sink.send(messages);

            Failure failure = Failure.passing("no queue is bound to exchange 'unbound' with routing key 'k'");
            assertThat(confirmation.failure(0)).isEqualTo(failure);
            assertThat(confirmation.failure(1)).isEqualTo(failure);

            broker.bind("late", "unbound", "k");
            assertThat(sink.send(messages)).isSameAs(Confirmation.all());
        });
    }

    @Test
    void aQueueThatIsNotThereFailsByItself() {
        broker.createQueue("there");
        run(new AmqpSinkProperties("", "{payload}", TIMEOUT), sink -> {
            Confirmation<Failure> confirmation =
                    sink.send(List.of(SampleMessage.of("a", 1, "missing"), SampleMessage.of("b", 1, "there")));

            assertThat(confirmation.failure(0)).isEqualTo(Failure.passing("there is no queue 'missing'"));
            assertThat(confirmation.failure(1)).isNull();
        });
    }

    @Test
    void anExchangeThatIsNotThereFailsUntilItIsThere() {
        broker.createQueue("behind");
        run(new AmqpSinkProperties("future", "k", TIMEOUT), sink -> {
            // Once in hundreds of times the client confirms that the channel is closed before it hears why.
            for (int i = 0; i < 100; i++) {
                Confirmation<Failure> confirmation = sink.send(SampleMessage.series("a", 2));

                assertThat(confirmation.failure(0)).isNotNull().satisfies(failure -> {
                    assertThat(failure.poison()).isFalse();
                    assertThat(failure.reason()).contains("future").doesNotContain("#method", "\n");
                });
                assertThat(confirmation.failure(1)).isNotNull();
            }

            broker.createExchange("future");
            broker.bind("behind", "future", "k");
            assertThat(sink.send(SampleMessage.series("a", 2))).isSameAs(Confirmation.all());
        });
        broker.messages("behind", 2);
    }

    @Test
    void aRoutingKeyThatTheProtocolCannotCarryIsPoisonAndHoldsUpNothing() {
        broker.createExchange("long");
        broker.createQueue("short");
        broker.bind("short", "long", "k");
        run(new AmqpSinkProperties("long", "{payload}", TIMEOUT), sink -> {
            Confirmation<Failure> confirmation =
                    sink.send(List.of(SampleMessage.of("a", 1, "ü".repeat(128)), SampleMessage.of("a", 2, "k")));

            assertThat(confirmation.failure(0)).isEqualTo(Failure.poison("the routing key is longer than 255 bytes"));
            assertThat(confirmation.failure(1)).isNull();
        });
    }

    @Test
    void whatTheBrokerFindsTooLargeIsPoison() {
        broker.createQueue("limited");
        run(new AmqpSinkProperties("", "limited", TIMEOUT), sink -> {
            List<SampleMessage> large = List.of(SampleMessage.of("a", 1, new byte[5_000_000]));
            // Its reason may be too late for the first one, which is then sent again like any other.
            await().untilAsserted(() -> assertThat(sink.send(large).failure(0))
                    .isNotNull()
                    .satisfies(failure -> {
                        assertThat(failure.poison()).isTrue();
                        assertThat(failure.reason()).contains("5000000", "4000000");
                    }));
            assertThat(sink.send(List.of(SampleMessage.of("b", 1, "x"))).complete())
                    .isTrue();
        });
        broker.messages("limited", 1);
    }

    @Test
    void anExchangeThatIsNotThereSparesTheOthers() {
        broker.createQueue("spared");
        broker.createExchange("present");
        broker.bind("spared", "present", "k");
        run(new AmqpSinkProperties("{payload}", "k", TIMEOUT), sink -> {
            List<SampleMessage> messages = new ArrayList<>();
            for (String stream : List.of("a", "b", "c", "d")) {
                messages.add(SampleMessage.of(
                        stream, 1, stream.equals("b") || stream.equals("c") ? "absent-" + stream : "present"));
                messages.add(SampleMessage.of(stream, 2, "present"));
            }

            Confirmation<Failure> confirmation = sink.send(messages);

            assertThat(IntStream.range(0, 8).mapToObj(confirmation::failure))
                    .extracting(failure -> failure == null ? null : failure.kind())
                    .containsExactly(null, null, Kind.PASSING, Kind.HELD, Kind.PASSING, Kind.HELD, null, null);
        });
    }

    @Test
    void credentialsThatAreRefusedAreTheOperatorsToMend() {
        run(
                broker.port(),
                new AmqpSinkProperties("", "q", TIMEOUT),
                "spring.rabbitmq.password=wrong",
                sink -> assertThat(sink.send(SampleMessage.series("a", 1)).failure(0))
                        .extracting(Failure::kind)
                        .isEqualTo(Kind.UNAUTHORIZED));
    }

    @Test
    @Timeout(60)
    void aConnectionThatConfirmsNothingIsReplaced() throws IOException {
        broker.createQueue("beyond");
        try (Wire wire = new Wire(broker.port())) {
            run(wire.port(), new AmqpSinkProperties("", "beyond", Duration.ofSeconds(2)), sink -> {
                assertThat(sink.send(SampleMessage.series("a", 1))).isSameAs(Confirmation.all());
                wire.dead(true);
                assertThat(sink.send(SampleMessage.series("b", 1)).failure(0))
                        .isEqualTo(Failure.passing("127.0.0.1:" + wire.port() + ": not confirmed within 2000ms"));
                wire.dead(false);

                await().until(() -> sink.send(SampleMessage.series("b", 1)).complete());
            });
        }
    }

    @Test
    @Timeout(60)
    void whenNoBrokerIsThereACallFailsInBoundedTimeAndSaysWhy() {
        int port = Ports.free();
        run(port, new AmqpSinkProperties("", "q", Duration.ofSeconds(3)), sink -> {
            long start = System.nanoTime();

            Confirmation<Failure> confirmation = sink.send(SampleMessage.series("a", 100));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(confirmation.failure(0))
                    .isEqualTo(Failure.passing("127.0.0.1:" + port + ": Connection refused"));
            assertThat(confirmation.failure(99)).isNotNull();
        });
    }

    @Test
    @Timeout(60)
    void aServerThatSaysNothingIsGivenUpInBoundedTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            run(silent.getLocalPort(), new AmqpSinkProperties("", "q", Duration.ofSeconds(1)), sink -> {
                long start = System.nanoTime();

                Confirmation<Failure> confirmation = sink.send(SampleMessage.series("a", 2));

                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
                assertThat(confirmation.failure(0))
                        .isNotNull()
                        .extracting(Failure::poison)
                        .isEqualTo(false);
            });
        }
    }

    @Test
    void whenTheBrokerComesBackTheSameSinkDelivers() {
        try (AmqpBroker fragile = AmqpBroker.start()) {
            fragile.createQueue("fragile");
            run(fragile.port(), new AmqpSinkProperties("", "fragile", Duration.ofSeconds(4)), sink -> {
                assertThat(sink.send(SampleMessage.series("a", 3))).isSameAs(Confirmation.all());
                fragile.stop();

                assertThat(sink.send(SampleMessage.series("b", 3)).failure(0))
                        .isEqualTo(Failure.passing("127.0.0.1:" + fragile.port() + ": Connection refused"));

                fragile.restart();
                fragile.createQueue("fragile");
                await().until(() -> sink.send(SampleMessage.series("c", 3)).complete());
                assertThat(fragile.messages("fragile", 3)).hasSize(3);
            });
        }
    }

    @Test
    void ifThereWasNoAmqpSinkAtTheStartItSaysSo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AmqpSink(
                        "queue", new AmqpSinkProperties("", "q", TIMEOUT), new StaticListableBeanFactory()))
                .withMessage("the program started without a sink of the kind 'amqp'; restart it to have the first one");
    }

    private interface Use {
        void with(Sink sink) throws InterruptedException;
    }

    private static void run(AmqpSinkProperties properties, Use use) {
        run(broker.port(), properties, use);
    }

    private static void run(int port, AmqpSinkProperties properties, Use use) {
        run(port, properties, "spring.rabbitmq.password=guest", use);
    }

    private static void run(int port, AmqpSinkProperties properties, String setting, Use use) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, RabbitAutoConfiguration.class))
                .withPropertyValues("spring.rabbitmq.host=127.0.0.1", "spring.rabbitmq.port=" + port, setting)
                .run(context -> {
                    try (Sink sink = new AmqpSink("queue", properties, context)) {
                        use.with(sink);
                    }
                });
    }
}
