package dev.sluice.log;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads single records of Kafka again, one at a time. Safe for use by any thread. */
final class RecordFetcher implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final String name;
    /** Null before the first record. */
    private @Nullable Consumer<byte[], byte[]> consumer;

    private boolean closed;

    /** @param name of the client, for the logs of brokers */
    RecordFetcher(KafkaClients clients, String name) {
        this.clients = clients;
        this.name = name;
    }

    /** Returns a record; null if it is not kept any more. */
    @Nullable
    synchronized ConsumerRecord<byte[], byte[]> fetch(TopicPartition from, long position) throws LogException {
        try {
            if (closed) {
                throw new LogException("Kafka: the service ends", null, false);
            }
            if (consumer == null) {
                consumer = clients.openConsumer(name);
            }
            return fetch(consumer, from, position);
        } catch (KafkaException ex) {
            throw clients.problem(ex);
        }
    }

    private static @Nullable ConsumerRecord<byte[], byte[]> fetch(
            Consumer<byte[], byte[]> reading, TopicPartition from, long position) throws LogException {
        reading.assign(List.of(from));
        Long first = reading.beginningOffsets(List.of(from)).get(from);
        if (first == null || first > position) {
            return null;
        }
        reading.seek(from, position);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0) {
            for (ConsumerRecord<byte[], byte[]> found : reading.poll(PATIENCE).records(from)) {
                return found.offset() == position ? found : null;
            }
        }
        throw new LogException("Kafka: a record was not read again in time", null, false);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (consumer != null) {
            consumer.close();
        }
    }
}
