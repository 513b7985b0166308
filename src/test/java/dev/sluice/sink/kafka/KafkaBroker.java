package dev.sluice.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** A Kafka broker in this JVM, with the topics that a test makes and no others. */
public final class KafkaBroker implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);

    private KafkaBroker() {
        broker.brokerProperty("auto.create.topics.enable", "false");
        broker.brokerProperty("group.initial.rebalance.delay.ms", "0");
        broker.brokerProperty("offsets.topic.num.partitions", "1");
        // Else it is Spring Boot's property, which would win over the files of all tests in this JVM.
        broker.brokerListProperty(EmbeddedKafkaBroker.SPRING_EMBEDDED_KAFKA_BROKERS);
        broker.afterPropertiesSet();
    }

    public static KafkaBroker start() {
        return new KafkaBroker();
    }

    /** For {@code spring.kafka.bootstrap-servers}. */
    public String servers() {
        return broker.getBrokersAsString();
    }

    public void createTopic(String name, int partitions, Map<String, String> settings) {
        broker.addTopics(new NewTopic(name, partitions, (short) 1).configs(settings));
        awaitServed(name, partitions);
    }

    /**
     * Before a partition is served, its first records may be refused and the next ones taken; then the client loses
     * count of its sequence numbers, and fails them after half of its time.
     */
    private void awaitServed(String topic, int partitions) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers()))) {
            admin.listOffsets(IntStream.range(0, partitions)
                            .boxed()
                            .collect(Collectors.toMap(
                                    partition -> new TopicPartition(topic, partition), _ -> OffsetSpec.latest())))
                    .all()
                    .get();
        } catch (ExecutionException ex) {
            throw new IllegalStateException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    public void createTopic(String name) {
        createTopic(name, 1, Map.of());
    }

    /** Goes away, with connections broken. */
    public void stop() {
        broker.getCluster().brokers().get(0).shutdown();
        broker.getCluster().brokers().get(0).awaitShutdown();
    }

    /** Comes back on the same port, with the same topics. */
    public void restart() {
        broker.getCluster().brokers().get(0).startup();
    }

    /** So many records of a topic, in the order of each partition; fails if they do not arrive. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
        return records(topic, count, new ByteArrayDeserializer());
    }

    public <V> List<ConsumerRecord<byte[], V>> records(String topic, int count, Deserializer<V> deserializer) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                16 << 20);
        List<ConsumerRecord<byte[], V>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], V> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), deserializer)) {
            List<TopicPartition> partitions = IntStream.range(
                            0, consumer.partitionsFor(topic).size())
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (records.size() < count && System.nanoTime() - end < 0) {
                consumer.poll(Duration.ofMillis(200)).records(topic).forEach(records::add);
            }
        }
        assertThat(records).as("Records of topic '%s'", topic).hasSize(count);
        return records;
    }

    @Override
    public void close() {
        broker.destroy();
    }
}
