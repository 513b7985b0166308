package dev.sluice.sink.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.DeviceMessage;
import dev.sluice.sink.Failure;
import dev.sluice.sink.SampleMessage;
import dev.sluice.sink.Sink;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

final class KafkaSinkTests {

    private static KafkaBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void everyPayloadArrivesByteForByte() {
        broker.createTopic("payloads", 1, Map.of("max.message.bytes", "4000000"));
        byte[] all = HexFormat.of().parseHex("00010a0d7f80feff");
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);

        run(
                properties("payloads"),
                "spring.kafka.producer.properties.max.request.size=4000000",
                sink -> assertThat(sink.send(List.of(
                                SampleMessage.of("a", 1, all),
                                SampleMessage.of("a", 2, new byte[0]),
                                SampleMessage.of("a", 3, large))))
                        .isSameAs(Confirmation.all()));

        assertThat(broker.records("payloads", 3))
                .extracting(ConsumerRecord::value)
                .containsExactly(all, new byte[0], large);
    }

    @Test
    void aRecordIsACloudEventInBinaryMode() {
        broker.createTopic("events");

        run(properties("events"), sink -> sink.send(List.of(SampleMessage.of("a-1", 7, "hello"))));

        CloudEvent event = broker.records("events", 1, new CloudEventDeserializer())
                .getFirst()
                .value();
        assertThat(event.getSpecVersion()).hasToString("1.0");
        assertThat(event.getId()).isEqualTo("a-1-7");
        assertThat(event.getSource()).hasToString("sluice/greeter");
        assertThat(event.getType()).isEqualTo("dev.sluice.message");
        assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2026-02-03T04:05:06.789Z"));
        assertThat(event.getExtension("listener")).isEqualTo("greeter");
        assertThat(event.getExtension("connection")).isEqualTo("a-1");
        assertThat(event.getExtension("sequence")).isEqualTo("7");
        assertThat(event.getExtension("remoteaddress")).isEqualTo("192.0.2.7");
        assertThat(Objects.requireNonNull(event.getData()).toBytes())
                .asString(UTF_8)
                .isEqualTo("hello");
    }

    @Test
    void topicAndKeyAreTemplates() {
        broker.createTopic("device.greeter");

        run(
                new KafkaSinkProperties("device.{listener}", "Schlüssel-{sequence}", Duration.ofSeconds(30)),
                sink -> sink.send(List.of(SampleMessage.of("a", 3, "x"))));

        assertThat(broker.records("device.greeter", 1).getFirst().key())
                .asString(UTF_8)
                .isEqualTo("Schlüssel-3");
    }

    @Test
    void aFieldIsAKeyAndAMessageWithoutItHasNone() {
        broker.createTopic("keyed");

        run(
                new KafkaSinkProperties("keyed", "{imei}", Duration.ofSeconds(30)),
                sink -> sink.send(List.of(
                        DeviceMessage.of("867").with("imei", "867"),
                        DeviceMessage.of(null).with("imei", null).numbered(2))));

        List<ConsumerRecord<byte[], byte[]>> records = broker.records("keyed", 2);
        assertThat(records.getFirst().key()).asString(UTF_8).isEqualTo("867");
        assertThat(records.getLast().key()).isNull();
        assertThat(records.getFirst().headers().lastHeader("ce_subject").value())
                .asString(UTF_8)
                .isEqualTo("867");
        assertThat(records.getLast().headers().lastHeader("ce_subject")).isNull();
    }

    @Test
    void whatNoTopicMayHaveIsReplacedAndWhatIsNoneIsPoison() {
        broker.createTopic("of-.._a_b__c");
        run(new KafkaSinkProperties("of-{identity}", "", Duration.ofSeconds(30)), sink -> {
            Confirmation<Failure> confirmation = sink.send(
                    List.of(DeviceMessage.of("../a\0b\r\nc").numbered(2), DeviceMessage.of("x".repeat(40_000))));

            assertThat(confirmation.failure(0)).isNull();
            assertThat(confirmation.failure(1))
                    .isEqualTo(Failure.poison("its topic would be longer than 249 characters"));
        });
        run(new KafkaSinkProperties("{identity}", "", Duration.ofSeconds(30)), sink -> {
            Confirmation<Failure> confirmation = sink.send(List.of(DeviceMessage.of(null), DeviceMessage.of("..")));

            assertThat(confirmation.failure(0)).isEqualTo(Failure.poison("its topic would be ''"));
            assertThat(confirmation.failure(1)).isEqualTo(Failure.poison("its topic would be '..'"));
        });
        assertThat(broker.records("of-.._a_b__c", 1)).hasSize(1);
    }

    @Test
    void aFieldThatNoRuleHasIsToBeMendedAndHoldsUpItsStreamAlone() {
        broker.createTopic("mended");
        for (String[] templates : new String[][] {{"mended", "{imei}"}, {"mended{imei}", ""}}) {
            run(new KafkaSinkProperties(templates[0], templates[1], Duration.ofSeconds(30)), sink -> {
                Confirmation<Failure> confirmation = sink.send(List.of(
                        DeviceMessage.of(null),
                        DeviceMessage.of(null).with("imei", "").numbered(2)));

                assertThat(confirmation.failure(0))
                        .isEqualTo(Failure.passing("no rule of the listener has a field {imei}"));
                assertThat(confirmation.failure(1)).extracting(Failure::poison).isEqualTo(false);
            });
        }
        run(
                new KafkaSinkProperties("mended{imei}", "{imei}", Duration.ofSeconds(30)),
                sink -> assertThat(sink.send(List.of(DeviceMessage.of(null).with("imei", "")))
                                .complete())
                        .isTrue());
        assertThat(broker.records("mended", 1)).hasSize(1);
    }

    @Test
    void anEmptyKeyIsNone() {
        broker.createTopic("keyless");

        run(
                new KafkaSinkProperties("keyless", "", Duration.ofSeconds(30)),
                sink -> sink.send(List.of(SampleMessage.of("a", 1, "x"))));

        assertThat(broker.records("keyless", 1).getFirst().key()).isNull();
    }

    @Test
    void messagesOfAConnectionStayInOrderThoughManyThreadsSend() {
        broker.createTopic("ordered", 5, Map.of());
        int connections = 8;
        int batches = 10;
        run(properties("ordered"), sink -> {
            List<Thread> threads = new ArrayList<>();
            List<Confirmation<Failure>> confirmations = Collections.synchronizedList(new ArrayList<>());
            for (int c = 0; c < connections; c++) {
                List<SampleMessage> series = SampleMessage.series("connection-" + c, 50 * batches);
                threads.add(Thread.startVirtualThread(() -> {
                    for (int batch = 0; batch < batches; batch++) {
                        try {
                            confirmations.add(sink.send(series.subList(50 * batch, 50 * batch + 50)));
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

        List<ConsumerRecord<byte[], byte[]>> records = broker.records("ordered", connections * batches * 50);
        for (int c = 0; c < connections; c++) {
            String connection = "connection-" + c;
            assertThat(records)
                    .filteredOn(r -> new String(r.key(), UTF_8).equals(connection))
                    .extracting(r -> Integer.valueOf(new String(r.value(), UTF_8)))
                    .hasSize(50 * batches)
                    .isSorted();
        }
    }

    @Test
    void whatTheClientOrTheBrokerFindsTooLargeIsPoisonAndHoldsUpNothing() {
        broker.createTopic("small", 1, Map.of("max.message.bytes", "20000"));

        run(properties("small"), sink -> {
            Confirmation<Failure> confirmation = sink.send(List.of(
                    SampleMessage.of("a", 1, "one"),
                    SampleMessage.of("a", 2, new byte[30_000]),
                    SampleMessage.of("a", 3, new byte[2 << 20]),
                    SampleMessage.of("a", 4, "four")));

            assertThat(confirmation.failure(0)).isNull();
            assertThat(confirmation.failure(1)).isNotNull().satisfies(KafkaSinkTests::isPoisonOfSize);
            assertThat(confirmation.failure(2)).isNotNull().satisfies(KafkaSinkTests::isPoisonOfSize);
            assertThat(confirmation.failure(3)).isNull();
        });

        assertThat(broker.records("small", 2))
                .extracting(r -> new String(r.value(), UTF_8))
                .containsExactly("one", "four");
    }

    private static void isPoisonOfSize(Failure failure) {
        assertThat(failure.poison()).isTrue();
        assertThat(failure.reason()).containsPattern("larger than").doesNotContain("\n");
    }

    @Test
    void aTopicThatCannotBeIsPoison() {
        run(new KafkaSinkProperties("no topic: {payload}", "", Duration.ofSeconds(10)), sink -> {
            Confirmation<Failure> confirmation = sink.send(List.of(SampleMessage.of("a", 1, "this")));

            assertThat(confirmation.failure(0))
                    .isNotNull()
                    .extracting(Failure::poison)
                    .isEqualTo(true);
        });
    }

    @Test
    void aTopicThatIsNotThereFailsByItselfUntilItIsThere() {
        broker.createTopic("there");
        run(new KafkaSinkProperties("{payload}", "", Duration.ofSeconds(6)), sink -> {
            List<SampleMessage> messages = List.of(
                    SampleMessage.of("a", 1, "missing"),
                    SampleMessage.of("a", 2, "there"),
                    SampleMessage.of("b", 1, "missing"),
                    SampleMessage.of("c", 1, "there"));

            Confirmation<Failure> confirmation = sink.send(messages);

            String reason = "topic 'missing' does not exist, or has no leader";
            assertThat(confirmation.failure(0)).isEqualTo(Failure.passing(reason));
            // Held back by the one before it, or not confirmed in time itself.
            assertThat(confirmation.failure(1))
                    .isNotNull()
                    .extracting(Failure::poison)
                    .isEqualTo(false);
            assertThat(confirmation.failure(2)).isEqualTo(Failure.passing(reason));
            assertThat(confirmation.failure(3)).isNull();

            broker.createTopic("missing");
            assertThat(sink.send(messages).complete()).isTrue();
        });
    }

    @Test
    @Timeout(60)
    void whenNoBrokerIsThereACallFailsInBoundedTimeAndSaysWhy() {
        int port = Ports.free();
        run(
                new KafkaSinkProperties("away", "", Duration.ofSeconds(3)),
                "spring.kafka.bootstrap-servers=localhost:" + port,
                sink -> {
                    long start = System.nanoTime();

                    Confirmation<Failure> confirmation = sink.send(SampleMessage.series("a", 100));

                    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
                    assertThat(confirmation.failure(0))
                            .isEqualTo(Failure.passing("no broker of [localhost:" + port + "] can be reached"));
                    assertThat(confirmation.failure(99)).isNotNull();
                });
    }

    @Test
    void whenTheBrokerComesBackTheSameSinkDelivers() {
        try (KafkaBroker fragile = KafkaBroker.start()) {
            fragile.createTopic("fragile");
            String servers = "spring.kafka.bootstrap-servers=" + fragile.servers();
            run(new KafkaSinkProperties("fragile", "", Duration.ofSeconds(4)), servers, sink -> {
                assertThat(sink.send(SampleMessage.series("a", 3)).complete()).isTrue();
                fragile.stop();

                Confirmation<Failure> away = sink.send(SampleMessage.series("b", 3));
                assertThat(away.failure(0))
                        .isEqualTo(Failure.passing("no broker of [" + fragile.servers() + "] can be reached"));
                assertThat(away.failure(2)).isNotNull();

                fragile.restart();
                await().atMost(Duration.ofSeconds(40))
                        .until(() -> sink.send(SampleMessage.series("c", 3)).complete());
            });
        }
    }

    /** Whose bug, once armed, ends the producer's thread. */
    public static final class FaultyInterceptor implements ProducerInterceptor<byte[], byte[]> {

        private static final AtomicBoolean ARMED = new AtomicBoolean();

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> message) {
            return message;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
            if (ARMED.getAndSet(false)) {
                throw new NoClassDefFoundError("a library of the interceptor's");
            }
        }

        @Override
        public void configure(Map<String, ?> settings) {}

        @Override
        public void close() {}
    }

    @Test
    @Timeout(60)
    void aProducerWhoseThreadHasDiedIsReplaced() {
        broker.createTopic("survivor");
        run(
                new KafkaSinkProperties("survivor", "", Duration.ofSeconds(3)),
                "spring.kafka.producer.properties.interceptor.classes=" + FaultyInterceptor.class.getName(),
                sink -> {
                    assertThat(sink.send(SampleMessage.series("a", 2)).complete())
                            .isTrue();
                    FaultyInterceptor.ARMED.set(true);

                    assertThat(sink.send(SampleMessage.series("b", 2)).failure(0))
                            .isEqualTo(Failure.passing("not confirmed within 3s"));
                    assertThat(sink.send(SampleMessage.series("b", 2)).complete())
                            .isTrue();
                });
    }

    @Test
    void credentialsAndRightsThatAreRefusedAreTheOperatorsToMend() {
        KafkaFailures failures = new KafkaFailures("broker", Map::of);

        assertThat(Stream.of(
                                new SaslAuthenticationException("bad password"),
                                new TopicAuthorizationException("not yours"),
                                new ClusterAuthorizationException("not yours"))
                        .map(refusal ->
                                failures.failure(new org.springframework.kafka.KafkaException("", refusal), "t")))
                .containsExactly(
                        Failure.unauthorized("bad password"),
                        Failure.unauthorized("not yours"),
                        Failure.unauthorized("not yours"));
    }

    @Test
    void ifThereWasNoKafkaSinkAtTheStartItSaysSo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KafkaSink("events", properties("x"), new StaticListableBeanFactory()))
                .withMessage(
                        "the program started without a sink of the kind 'kafka'; restart it to have the first one");
    }

    private interface Use {
        void with(Sink sink) throws InterruptedException;
    }

    private static KafkaSinkProperties properties(String topic) {
        return new KafkaSinkProperties(topic, "{connection}", Duration.ofMinutes(2));
    }

    private static void run(KafkaSinkProperties properties, Use use) {
        run(properties, "spring.kafka.client-id=test", use);
    }

    private static void run(KafkaSinkProperties properties, String setting, Use use) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, KafkaAutoConfiguration.class))
                .withPropertyValues("spring.kafka.bootstrap-servers=" + broker.servers(), setting)
                .run(context -> {
                    try (Sink sink = new KafkaSink("events", properties, context)) {
                        use.with(sink);
                    }
                });
    }
}
