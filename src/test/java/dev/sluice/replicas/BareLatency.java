package dev.sluice.replicas;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;

/** How long a record takes through the broker, from a producer to a consumer: fifty a second, beside all else. */
final class BareLatency implements AutoCloseable {

    private static final String TOPIC = "bare";
    private static final int MILLIS_BETWEEN = 20;

    private final String brokers;
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final Thread producing;
    private final Thread consuming;
    private volatile boolean ending;

    BareLatency(String brokers) throws Exception {
        this.brokers = brokers;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
        consuming = Thread.ofPlatform().start(this::consume);
        producing = Thread.ofPlatform().start(this::produce);
    }

    Queue<Long> nanos() {
        return nanos;
    }

    private void produce() {
        try (KafkaProducer<Long, Long> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers, "acks", "all", "linger.ms", 0),
                new LongSerializer(),
                new LongSerializer())) {
            while (!ending) {
                producer.send(new ProducerRecord<>(TOPIC, System.nanoTime()));
                Thread.sleep(MILLIS_BETWEEN);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void consume() {
        try (KafkaConsumer<Long, Long> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers), new LongDeserializer(), new LongDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!ending) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> nanos.add(System.nanoTime() - record.value()));
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        ending = true;
        producing.join();
        consuming.join();
    }
}
