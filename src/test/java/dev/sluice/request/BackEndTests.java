package dev.sluice.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.request.RequestTally.Outcome;
import dev.sluice.sink.kafka.KafkaBroker;
import dev.sluice.text.Causes;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.support.MessageBuilder;

/** Requests that a back-end answers, over a broker of their own. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BackEndTests {

    private static final String REPLIES = "sluice.replies";

    @TempDir
    private static Path folder;

    private static KafkaBroker broker;
    private static AnnotationConfigApplicationContext backEnd;
    private static RunningSluice sluice;
    private static KafkaTemplate<byte[], byte[]> writer;

    /** What others have: nothing in it knows of us. */
    @EnableKafka
    @Configuration(proxyBeanMethods = false)
    static class SpringBackEnd {

        @Bean
        DefaultKafkaProducerFactory<String, String> producers() {
            return new DefaultKafkaProducerFactory<>(
                    Map.of(
                            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            broker.servers(),
                            ProducerConfig.LINGER_MS_CONFIG,
                            0),
                    new StringSerializer(),
                    new StringSerializer());
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
                DefaultKafkaProducerFactory<String, String> producers) {
            ConcurrentKafkaListenerContainerFactory<String, String> factory =
                    new ConcurrentKafkaListenerContainerFactory<>();
            factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(
                    Map.of(
                            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            broker.servers(),
                            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                            "earliest"),
                    new StringDeserializer(),
                    new StringDeserializer()));
            factory.setReplyTemplate(new KafkaTemplate<>(producers));
            return factory;
        }

        @Bean
        Clerk clerk() {
            return new Clerk();
        }
    }

    static final class Clerk {

        @KafkaListener(topics = "requests", groupId = "clerk")
        @SendTo
        public Message<String> answer(String request, @Header("ce_listener") byte[] listener) {
            return request.startsWith("no")
                    ? MessageBuilder.withPayload("")
                            .setHeader(
                                    RequestsUnderWay.FAILED,
                                    "not " + request.substring(2).strip())
                            .build()
                    : MessageBuilder.withPayload(
                                    request.toUpperCase(Locale.ROOT) + " at " + new String(listener, UTF_8))
                            .build();
        }
    }

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        for (String topic : List.of("requests", "reversed", "silent", "closing", "few")) {
            broker.createTopic(topic);
        }
        backEnd = new AnnotationConfigApplicationContext(SpringBackEnd.class);
        writer = new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.servers(), ProducerConfig.LINGER_MS_CONFIG, 0),
                new ByteArraySerializer(),
                new ByteArraySerializer()));
        sluice = sluice("""
            sluice:
              data-directory: "%s/data"
              replies: { partitions: 3, max-in-flight: 3 }
              listeners:
                asked:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: kafka, topic: requests, timeout: 20s, on-failure: "ERR {reason}" }
                kept:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: kafka, topic: requests, timeout: 20s, on-failure: "ERR {reason}" }
                  rules: [ { match.text: "ping", reply.text: "pong" }, { match.text: "only{*}", forward: false } ]
                  sinks: [archive]
                reversed:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: kafka, topic: "{listener}", timeout: 20s }
                silent:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: kafka, topic: silent, timeout: 1s, on-failure: "ERR {reason}" }
                closing:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: kafka, topic: closing, timeout: 20s }
                  sinks: [archive]
                datagrams:
                  udp: { address: 127.0.0.1, port: 0, max-reply-factor: 10 }
                  reply: { type: kafka, topic: requests, timeout: 20s }
              sinks.archive.file: { path: "%s/{listener}.log" }
            spring.kafka.bootstrap-servers: %s
            """.formatted(folder, folder, broker.servers()));
    }

    private static RunningSluice sluice(String yaml) {
        return RunningSluice.with(yaml);
    }

    @AfterAll
    static void stop() {
        if (sluice != null) {
            sluice.close();
        }
        backEnd.close();
        writer.getProducerFactory().reset();
        broker.close();
    }

    private static RequestTally tally(String listener) {
        return Objects.requireNonNull(sluice.bean(BackEnds.class).tallies().get(listener));
    }

    private static long stray(Stray stray) {
        return sluice.bean(BackEnds.class).strays(stray).sum();
    }

    /** What a back-end of any make does: the value is the answer, and the id goes back. */
    private static void answer(ConsumerRecord<byte[], byte[]> request, @Nullable String value) throws Exception {
        byte[] topic = request.headers().lastHeader(KafkaHeaders.REPLY_TOPIC).value();
        byte[] partition =
                request.headers().lastHeader(KafkaHeaders.REPLY_PARTITION).value();
        send(
                new String(topic, UTF_8),
                ByteBuffer.wrap(partition).getInt(),
                value,
                request.headers().lastHeader(KafkaHeaders.CORRELATION_ID).value());
    }

    private static void refuse(ConsumerRecord<byte[], byte[]> request) throws Exception {
        ProducerRecord<byte[], byte[]> refusal = new ProducerRecord<>(
                REPLIES,
                ByteBuffer.wrap(request.headers()
                                .lastHeader(KafkaHeaders.REPLY_PARTITION)
                                .value())
                        .getInt(),
                null,
                new byte[0]);
        refusal.headers().add(request.headers().lastHeader(KafkaHeaders.CORRELATION_ID));
        refusal.headers().add(RequestsUnderWay.FAILED, new byte[0]);
        writer.send(refusal).get(20, TimeUnit.SECONDS);
    }

    private static void send(String topic, int partition, @Nullable String value, byte @Nullable [] id)
            throws Exception {
        ProducerRecord<byte[], byte[]> answer =
                new ProducerRecord<>(topic, partition, null, value == null ? null : value.getBytes(UTF_8));
        if (id != null) {
            answer.headers().add(KafkaHeaders.CORRELATION_ID, id);
        }
        writer.send(answer).get(20, TimeUnit.SECONDS);
    }

    private static String read(Socket socket, int lines) throws IOException {
        StringBuilder read = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int left = lines; left > 0; ) {
            int b = in.read();
            if (b < 0) {
                return read + "<end>";
            }
            read.append((char) b);
            left -= b == '\n' ? 1 : 0;
        }
        return read.toString();
    }

    @Test
    void aSpringBackEndAnswersAllFramesInOrderAndRefusesSome() throws Exception {
        assertThat(sluice.converse("asked", "one\ntwo\nno beer\nthree\nfour\nfive\n"))
                .isEqualTo("ONE at asked\nTWO at asked\nERR not beer\nTHREE at asked\nFOUR at asked\nFIVE at asked\n");
        Traffic traffic = sluice.traffic("asked");
        await().untilAsserted(() -> assertThat(traffic.received.sum()).isEqualTo(6));
        assertThat(traffic.accepted.sum()).isEqualTo(5);
        assertThat(traffic.failed.sum()).isEqualTo(1);
        assertThat(tally("asked").of(Outcome.ANSWERED).count()).isEqualTo(5);
        assertThat(tally("asked").of(Outcome.REFUSED).count()).isEqualTo(1);
        assertThat(sluice.bean(BackEnds.class).openRequests()).isZero();
    }

    @Test
    void answersOfRulesKeepTheirPlaceAndSinksGetWhatDidNotFail() throws Exception {
        assertThat(sluice.converse("kept", "one\nping\nno beer\nonly me\nping\ntwo\n"))
                .isEqualTo("ONE at kept\npong\nERR not beer\nONLY ME at kept\npong\nTWO at kept\n");
        Path archive = folder.resolve("kept.log");
        await().untilAsserted(() -> assertThat(archive).hasContent("one\nping\nping\ntwo"));
        Traffic traffic = sluice.traffic("kept");
        assertThat(List.of(traffic.received.sum(), traffic.accepted.sum(), traffic.failed.sum(), traffic.quiet.sum()))
                .containsExactly(6L, 5L, 1L, 1L);
    }

    /** It gets the second frame of a read before it has answered the first. */
    @Test
    void aBackEndMayAnswerInAnyOrder() throws Exception {
        try (Socket socket = sluice.connect("reversed")) {
            socket.getOutputStream().write("one\ntwo\nthree\n".getBytes(UTF_8));
            List<ConsumerRecord<byte[], byte[]>> requests = broker.records("reversed", 3);
            assertThat(requests)
                    .extracting(request -> new String(request.value(), UTF_8))
                    .containsExactly("one", "two", "three");
            assertThat(requests)
                    .extracting(request -> new String(request.key(), UTF_8))
                    .doesNotContainNull();
            answer(requests.get(2), "3");
            answer(requests.get(1), null);
            answer(requests.get(0), "1");
            assertThat(read(socket, 2)).isEqualTo("1\n3\n");
        }
    }

    @Test
    void aLateAnswerIsCountedAndNeverSent() throws Exception {
        long late = stray(Stray.LATE);
        try (Socket socket = sluice.connect("silent")) {
            socket.getOutputStream().write("one\n".getBytes(UTF_8));
            assertThat(read(socket, 1)).isEqualTo("ERR no answer within 1000 ms\n");
            answer(broker.records("silent", 1).getFirst(), "late");
            await().until(() -> stray(Stray.LATE) == late + 1);
            socket.shutdownOutput();
            assertThat(read(socket, 1)).isEqualTo("<end>");
        }
        assertThat(sluice.traffic("silent").failed.sum()).isEqualTo(1);
        assertThat(tally("silent").of(Outcome.TIMED_OUT).count()).isEqualTo(1);
    }

    @Test
    void withoutAnAnswerForFailuresTheConnectionEndsBehindWhatWasAnswered() throws Exception {
        try (Socket socket = sluice.connect("closing")) {
            socket.getOutputStream().write("one\ntwo\nthree\n".getBytes(UTF_8));
            List<ConsumerRecord<byte[], byte[]>> requests = broker.records("closing", 3);
            answer(requests.get(0), "1");
            refuse(requests.get(1));
            answer(requests.get(2), "3");
            assertThat(read(socket, 3)).isEqualTo("1\n<end>");
        }
        Traffic traffic = sluice.traffic("closing");
        await().untilAsserted(() ->
                assertThat(traffic.closed(Reason.Closed.FAILED).sum()).isEqualTo(1));
        assertThat(List.of(traffic.received.sum(), traffic.accepted.sum(), traffic.failed.sum()))
                .containsExactly(3L, 1L, 2L);
        await().untilAsserted(() -> assertThat(folder.resolve("closing.log")).hasContent("one"));
    }

    @Test
    void answersToNobodyAreCounted() throws Exception {
        try (Socket socket = sluice.connect("asked")) {
            socket.getOutputStream().write("x\n".getBytes(UTF_8));
            assertThat(read(socket, 1)).isEqualTo("X at asked\n");
        }
        for (int partition = 0; partition < 3; partition++) {
            send(REPLIES, partition, "?", null);
            send(REPLIES, partition, "?", new byte[16]);
            send(REPLIES, partition, "?", new byte[3]);
        }
        await().until(() -> stray(Stray.UNREADABLE) == 2 && stray(Stray.FOREIGN) == 1);
        assertThat(sluice.bean(BackEnds.class).isReading()).isTrue();
    }

    @Test
    void aDatagramIsAnsweredToo() throws Exception {
        try (DatagramSocket socket = new DatagramSocket()) {
            sluice.sendDatagram(socket, "datagrams", "hello".getBytes(UTF_8));
            assertThat(RunningSluice.receiveDatagram(socket)).asString(UTF_8).isEqualTo("HELLO at datagrams");
        }
    }

    @Test
    void aTopicThatIsNotThereAndMayNotBeMadeIsReported() {
        assertThatThrownBy(() -> sluice("""
            sluice:
              data-directory: "%s/other"
              listeners.a: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: kafka, topic: requests } }
              replies: { topic: none, create-topic: false }
            spring.kafka.bootstrap-servers: %s
            """.formatted(folder, broker.servers())))
                .satisfies(failure -> assertThat(Causes.of(failure))
                        .anySatisfy(cause -> assertThat(cause)
                                .hasMessageContaining("sluice.replies.topic: topic 'none' does not exist")));
    }

    /** What it has not ended yet it serves, though it takes nobody any more. */
    @Test
    void aReplicaThatStopsEndsItsConnectionsAtItsPaceAndIsNotReady() throws Exception {
        RunningSluice replica = RunningSluice.withManagement("""
            sluice:
              data-directory: "%s/replica"
              cluster: { drain-rate: 10, replica: one, kafka: { prefix: "drained.", partitions: 1, replication: 1 } }
              listeners:
                held: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
            spring.kafka.bootstrap-servers: %s
            """.formatted(folder, broker.servers()));
        URI readiness = URI.create("http://127.0.0.1:" + replica.httpPort() + "/actuator/health/readiness");
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            sockets.add(replica.connect("held"));
        }
        int port = replica.port("held");
        await().until(() -> replica.listener("held").transport().connections().size() == 30);
        assertThat(status(readiness)).isEqualTo(200);

        long begun = System.nanoTime();
        Thread stopping = Thread.ofVirtual().start(replica::close);
        await().until(() -> status(readiness) == 503);
        int served = 0;
        for (Socket socket : sockets) {
            socket.getOutputStream().write("x\n".getBytes(UTF_8));
            served += read(socket, 1).equals("x\n") ? 1 : 0;
        }
        assertThat(served).isPositive();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(IOException.class);
        for (Socket socket : sockets) {
            assertThat(read(socket, 1)).isEqualTo("<end>");
            socket.close();
        }
        stopping.join();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(2500));
    }

    private static int status(URI uri) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Order(Integer.MAX_VALUE)
    @Tag("long")
    @Test
    void whileBrokersAreAwayRequestsFailAtOnceAndServeAgainAfterwards() throws Exception {
        broker.stop();
        long begun = System.nanoTime();
        try (Socket socket = sluice.connect("silent")) {
            socket.getOutputStream().write("1\n2\n3\n4\n5\n".getBytes(UTF_8));
            assertThat(read(socket, 5)).startsWith("ERR ");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
            // As long as the controller takes the broker of before to be alive it lets no other in.
            await().during(Duration.ofSeconds(12))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        socket.getOutputStream().write("6\n".getBytes(UTF_8));
                        return read(socket, 1).startsWith("ERR ");
                    });
        }
        broker.restart();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(sluice.converse("asked", "back\n")).isEqualTo("BACK at asked\n"));
    }
}
