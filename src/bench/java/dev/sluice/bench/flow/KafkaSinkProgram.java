package dev.sluice.bench.flow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** A Kafka broker, and a consumer that counts records. */
final class KafkaSinkProgram {

    static final String TOPIC = "lines";
    static final int PARTITIONS = 4;

    private static final Duration POLL = Duration.ofMillis(100);

    private KafkaSinkProgram() {}

    public static void main(String[] args) throws IOException {
        var program = new SinkProgram();
        var arrivals = new ArrivalCount();
        var broker = new EmbeddedKafkaKraftBroker(1, PARTITIONS, TOPIC);
        broker.brokerProperty("offsets.topic.num.partitions", "1");
        broker.afterPropertiesSet();
        // Also if the process is told to end: its log is in a folder that goes away with it.
        Runtime.getRuntime().addShutdownHook(new Thread(broker::destroy));
        String servers = broker.getBrokersAsString();
        Thread.ofPlatform().daemon().name("consumer").start(() -> consume(servers, arrivals));
        program.answer(servers, arrivals);
        System.exit(0);
    }

    private static void consume(String servers, ArrivalCount arrivals) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                10_000,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (true) {
                var records = consumer.poll(POLL);
                long now = System.nanoTime();
                records.forEach(one -> arrivals.add(ByteBuffer.wrap(one.value()), now));
            }
        }
    }
}
