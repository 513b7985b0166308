package dev.sluice.log;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The clients of a log, made by what an operator has configured: brokers, security and all else stay, but for what the
 * order of the log and its safety rest on.
 *
 * @param producer settings, as below
 */
public record KafkaClients(Map<String, Object> producer, Map<String, Object> consumer, Map<String, Object> admin) {

    private static final int DELIVERY_MILLIS = 10_000;
    private static final int REQUEST_MILLIS = 5_000;
    private static final int ADMIN_MILLIS = 10_000;
    private static final int BLOCK_MILLIS = 200;
    /** So many of these waits make up the ten seconds that a start may take for a topic. */
    private static final int MOST_WAITS = 50;

    private static final int BUFFER_BYTES = 64 << 20;
    private static final int LARGEST_RECORD = 2 << 20;
    private static final int FETCH_BYTES = 16 << 20;
    private static final int FETCH_OF_PARTITION_BYTES = 1 << 20;
    private static final int MOST_A_POLL = 2_000;
    private static final long FOR_EVER = Integer.MAX_VALUE;

    private String brokers() {
        return String.valueOf(admin.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
    }

    /** Opens a producer that knows the topics already, so that nobody waits for that later. */
    Producer<byte[], byte[]> openProducer(String name, List<KafkaTopic> topics) {
        Map<String, Object> settings = new HashMap<>(producer);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, name);
        settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_RECORD);
        // The engine waits for nobody: what it appends to is known, and stays so.
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS);
        settings.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, FOR_EVER);
        Producer<byte[], byte[]> opened =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            topics.forEach(topic -> awaitKnown(opened, topic.name()));
            return opened;
        } catch (KafkaException ex) {
            opened.close(Duration.ZERO);
            throw ex;
        }
    }

    private static void awaitKnown(Producer<byte[], byte[]> opened, String topic) {
        for (int waits = 1; true; waits++) {
            try {
                opened.partitionsFor(topic);
                return;
            } catch (TimeoutException ex) {
                if (waits == MOST_WAITS) {
                    throw ex;
                }
            }
        }
    }

    Consumer<byte[], byte[]> openConsumer(String name) {
        Map<String, Object> settings = new HashMap<>(consumer);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, name);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Others may write commands in transactions, and take them back.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_OF_PARTITION_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_A_POLL);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Admin openAdmin(String name) {
        Map<String, Object> settings = new HashMap<>(admin);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, name);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_MILLIS);
        // Else it asks without a pause while no broker is there, and cannot be closed.
        settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        return Admin.create(settings);
    }

    /** Says what has happened, and to whom. */
    LogException problem(Exception ex) {
        Throwable cause = ex instanceof ExecutionException && ex.getCause() != null ? ex.getCause() : ex;
        String why = cause instanceof TimeoutException
                ? "no broker of " + brokers() + " answers"
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return new LogException("Kafka: " + why, cause, false);
    }
}
