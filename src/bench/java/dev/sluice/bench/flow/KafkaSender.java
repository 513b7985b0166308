package dev.sluice.bench.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Records of one producer, with the settings of the sink; each stream has its key. It waits only for room in the
 * producer's memory.
 */
final class KafkaSender implements Sender {

    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final KafkaProducer<byte[], byte[]> producer;

    KafkaSender(String address) {
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        address,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.LINGER_MS_CONFIG,
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public void send(int stream, byte[] line) {
        var one = new ProducerRecord<>(
                KafkaSinkProgram.TOPIC, "stream-%02d".formatted(stream).getBytes(UTF_8), Stamp.payload(line));
        ATTRIBUTES.forEach((name, value) -> one.headers().add("ce_" + name, value.getBytes(UTF_8)));
        producer.send(one, (_, failed) -> failure.compareAndSet(null, failed));
    }

    @Override
    public void close() throws IOException {
        producer.close();
        if (failure.get() instanceof Exception e) {
            throw new IOException("Not all was confirmed", e);
        }
    }
}
