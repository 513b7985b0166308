package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.sink.kafka.KafkaBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic of a broker in this JVM. */
final class KafkaRecorder implements SinkRecorder {

    private static final String TOPIC = "recorded";

    private final Deliveries deliveries = new Deliveries();
    private final KafkaBroker broker = KafkaBroker.start();
    private final KafkaConsumer<byte[], byte[]> consumer;

    KafkaRecorder() {
        broker.createTopic(TOPIC);
        consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.servers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(new TopicPartition(TOPIC, 0));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    @Override
    public String yaml() {
        return """
            spring.kafka.bootstrap-servers: '%s'
            sluice.sinks.recorder.kafka: { topic: %s, key: "{connection}" }
            """.formatted(broker.servers(), TOPIC);
    }

    @Override
    public Deliveries look() {
        int read;
        do {
            read = 0;
            for (ConsumerRecord<byte[], byte[]> one : consumer.poll(Duration.ofMillis(200))) {
                read++;
                deliveries.add(
                        new String(one.headers().lastHeader("ce_id").value(), UTF_8), new String(one.value(), UTF_8));
            }
        } while (read > 0);
        return deliveries;
    }

    @Override
    public void close() {
        consumer.close();
        broker.close();
    }
}
