package dev.sluice.sink.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Makes the factory of a sink's producer out of the one that Spring Boot has configured from {@code spring.kafka}:
 * brokers, security with its SSL bundle, metrics and all else stay, but for what delivery at least once, in order and
 * in bounded time rests on.
 *
 * <p>Of a sink's timeout a sixth goes to waiting for a topic's metadata, and a half to the delivery of a record, so
 * that a call that begins its last record within a third of it leaves nothing behind in the producer.
 */
public final class KafkaProducers {

    private static final int CLOSE_SECONDS = 5;

    private KafkaProducers() {}

    /**
     * @param sink part of the client's id
     * @param timeout for what is sent
     */
    public static <K, V> DefaultKafkaProducerFactory<byte[], byte[]> of(
            String sink, Duration timeout, ProducerFactory<K, V> configured) {
        DefaultKafkaProducerFactory<byte[], byte[]> producers = new DefaultKafkaProducerFactory<>(
                settings(sink, timeout, configured.getConfigurationProperties()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producers.setPhysicalCloseTimeout(CLOSE_SECONDS);
        producers.setBeanName("sink." + sink);
        for (ProducerFactory.Listener<K, V> listener : configured.getListeners()) {
            @SuppressWarnings("unchecked") // Listeners are told of a producer and its name, never of what it sends.
            ProducerFactory.Listener<byte[], byte[]> same = (ProducerFactory.Listener<byte[], byte[]>) listener;
            producers.addListener(same);
        }
        return producers;
    }

    /** Of the handing over of a list, from which on no further record is begun. */
    static Duration handOver(Duration timeout) {
        return timeout.dividedBy(3);
    }

    private static Map<String, Object> settings(String sink, Duration timeout, Map<String, Object> configured) {
        long metadata = timeout.dividedBy(6).toMillis();
        long delivery = timeout.dividedBy(2).toMillis();
        Map<String, Object> settings = new HashMap<>(configured);
        settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        settings.remove(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG);
        settings.remove(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        settings.merge(ProducerConfig.CLIENT_ID_CONFIG, "sluice-" + sink, (id, _) -> id + "-" + sink);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // Both as idempotence wants them; it is the delivery timeout that ends retries.
        settings.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, metadata);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) delivery);
        // What gathers while requests are in flight makes batches enough: a list comes at once, and its caller waits.
        long linger = atMost(settings.get(ProducerConfig.LINGER_MS_CONFIG), delivery / 2, 0);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, linger);
        long request = atMost(settings.get(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG), delivery - linger, delivery);
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) request);
        return settings;
    }

    private static long atMost(@Nullable Object configured, long limit, long otherwise) {
        return Math.min(configured == null ? otherwise : Long.parseLong(configured.toString()), limit);
    }
}
