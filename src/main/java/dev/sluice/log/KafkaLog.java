package dev.sluice.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * A log in topics of Kafka, to which many processes append and which each of them reads in full. Its partitions are
 * counted over all topics, in the order of these.
 *
 * <p>One thread opens and reads; any may append or fetch. There is no group of consumers, and no offset is kept.
 */
public final class KafkaLog implements AutoCloseable {

    /** Hears what became of an append, on a thread of the client, which it must not hold up. */
    public interface Told {
        /** It is in the log. */
        void appended(long position);

        /**
         * It is perhaps not.
         *
         * @param never whether it certainly is not, and never will be
         */
        void failed(String why, boolean never);
    }

    /**
     * What has been read.
     *
     * @param next by partition, what is read next; there is nothing before it that has not been read
     */
    public record Batch(ConsumerRecords<byte[], byte[]> records, long[] next) {}

    private static final int MOST_UNDER_WAY = 20_000;
    private static final long MOST_BYTES_UNDER_WAY = 32L << 20;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final String name;
    private final List<KafkaTopic> topics;
    private final int copies;
    private final boolean create;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Map<TopicPartition, Integer> numbers = new HashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong bytesUnderWay = new AtomicLong();
    private final RecordFetcher fetcher;
    private volatile @Nullable Producer<byte[], byte[]> producer;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean closed;
    /** By partition, what is read next. Asking the consumer for each would cost more than all else of a read. */
    private long[] next = {};

    /**
     * Connects to nothing yet.
     *
     * @param name of the clients, for the logs of brokers
     * @param copies of each record
     * @param create whether topics that are missing are made
     */
    public KafkaLog(KafkaClients clients, String name, List<KafkaTopic> topics, int copies, boolean create) {
        this.clients = clients;
        this.name = name;
        this.topics = List.copyOf(topics);
        this.copies = copies;
        this.create = create;
        this.fetcher = new RecordFetcher(clients, name + "-again");
        for (KafkaTopic topic : topics) {
            for (int i = 0; i < topic.partitions(); i++) {
                TopicPartition partition = new TopicPartition(topic.name(), i);
                numbers.put(partition, partitions.size());
                partitions.add(partition);
            }
        }
    }

    /** Returns the number of a partition among all. */
    public int number(ConsumerRecord<byte[], byte[]> found) {
        return number(new TopicPartition(found.topic(), found.partition()));
    }

    private int number(TopicPartition partition) {
        return numbers.getOrDefault(partition, -1);
    }

    /**
     * Connects, checks or makes the topics, and prepares to read them.
     *
     * @param since by topic, the milliseconds since 1970 before which nothing has to be read of it
     * @return by partition, what is read first
     * @throws WrongTopicsException if the topics are wrong
     * @throws LogException if they cannot be had just now
     */
    public long[] open(Map<String, Long> since) throws WrongTopicsException, LogException {
        try {
            Admin admin = clients.openAdmin(name);
            try {
                new KafkaTopics(admin, topics, copies).require(create);
            } finally {
                admin.close(Duration.ZERO);
            }
            if (producer == null) {
                producer = clients.openProducer(name, topics);
            }
            closeConsumer();
            Consumer<byte[], byte[]> reading = clients.openConsumer(name);
            consumer = reading;
            reading.assign(partitions);
            Map<TopicPartition, Long> first = new HashMap<>(reading.beginningOffsets(partitions));
            skip(reading, first, since);
            long[] begin = new long[partitions.size()];
            for (int i = 0; i < begin.length; i++) {
                TopicPartition partition = partitions.get(i);
                begin[i] = first.getOrDefault(partition, 0L);
                reading.seek(partition, begin[i]);
            }
            next = begin.clone();
            return begin;
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new LogException("interrupted", ex, false);
        } catch (ExecutionException | KafkaException ex) {
            throw clients.problem(ex);
        }
    }

    private void skip(Consumer<byte[], byte[]> reading, Map<TopicPartition, Long> first, Map<String, Long> since) {
        Map<TopicPartition, Long> times = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long time = since.get(partition.topic());
            if (time != null) {
                times.put(partition, time);
            }
        }
        if (times.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> ends = reading.endOffsets(times.keySet());
        Map<TopicPartition, OffsetAndTimestamp> found = reading.offsetsForTimes(times);
        for (TopicPartition partition : times.keySet()) {
            OffsetAndTimestamp at = found.get(partition);
            Long to = at == null ? ends.get(partition) : (Long) at.offset();
            if (to != null) {
                first.merge(partition, to, Math::max);
            }
        }
    }

    // For the thread that reads

    /**
     * Reads what there is, or waits for it. What has been dropped by its age is passed over.
     *
     * @throws CutLogException if records are missing that have been read
     * @throws LogException if it cannot be read just now
     */
    public Batch read(Duration atMost) throws LogException, CutLogException {
        Consumer<byte[], byte[]> reading = consumer();
        try {
            ConsumerRecords<byte[], byte[]> found = reading.poll(atMost);
            found.nextOffsets().forEach((partition, at) -> next[number(partition)] = at.offset());
            return new Batch(found, next.clone());
        } catch (WakeupException ex) {
            return new Batch(ConsumerRecords.empty(), new long[0]);
        } catch (OffsetOutOfRangeException ex) {
            passOver(reading, ex.offsetOutOfRangePartitions());
            return new Batch(ConsumerRecords.empty(), new long[0]);
        } catch (KafkaException ex) {
            throw clients.problem(ex);
        }
    }

    private void passOver(Consumer<byte[], byte[]> reading, Map<TopicPartition, Long> asked)
            throws LogException, CutLogException {
        try {
            Map<TopicPartition, Long> begins = reading.beginningOffsets(asked.keySet());
            for (Map.Entry<TopicPartition, Long> each : asked.entrySet()) {
                long begin = begins.getOrDefault(each.getKey(), 0L);
                if (begin <= each.getValue()) {
                    throw new CutLogException(
                            each.getKey() + " ends before " + each.getValue() + ", up to which it has been read");
                }
                reading.seek(each.getKey(), begin);
                next[number(each.getKey())] = begin;
            }
        } catch (KafkaException ex) {
            throw clients.problem(ex);
        }
    }

    /** Returns by partition where its next record will be. */
    public long[] ends() throws LogException {
        try {
            Map<TopicPartition, Long> found = consumer().endOffsets(partitions);
            long[] ends = new long[partitions.size()];
            Arrays.setAll(ends, i -> found.getOrDefault(partitions.get(i), 0L));
            return ends;
        } catch (KafkaException ex) {
            throw clients.problem(ex);
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> reading = consumer;
        if (reading == null) {
            throw new IllegalStateException("not open");
        }
        return reading;
    }

    /** Has a thread that reads return at once. For any thread. */
    public void wakeUp() {
        Consumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
    }

    // For any thread

    /** Appends. Hardly waits: what is too much fails at once. */
    public void append(int partition, Keyed content, Told told) {
        Producer<byte[], byte[]> writing = producer;
        long size = content.size();
        if (writing == null || closed) {
            told.failed("Kafka was not reached yet", true);
            return;
        }
        if (underWay.get() >= MOST_UNDER_WAY || bytesUnderWay.get() + size > MOST_BYTES_UNDER_WAY) {
            told.failed("Kafka does not keep up", true);
            return;
        }
        TopicPartition to = partitions.get(partition);
        underWay.incrementAndGet();
        bytesUnderWay.addAndGet(size);
        ProducerRecord<byte[], byte[]> whole = new ProducerRecord<>(
                to.topic(), to.partition(), null, content.key(), content.value(), content.headers());
        try {
            Future<RecordMetadata> _ = writing.send(whole, (metadata, failure) -> {
                over(size);
                if (failure == null) {
                    told.appended(metadata.offset());
                } else {
                    told.failed("Kafka: " + failure.getMessage(), !(failure instanceof RetriableException));
                }
            });
        } catch (KafkaException | IllegalStateException ex) {
            over(size);
            told.failed("Kafka: " + ex.getMessage(), true);
        }
    }

    private void over(long size) {
        underWay.decrementAndGet();
        bytesUnderWay.addAndGet(-size);
    }

    /** Reads one record again; null if it is not kept any more. Takes its time. */
    public @Nullable ConsumerRecord<byte[], byte[]> fetch(int partition, long position) throws LogException {
        return fetcher.fetch(partitions.get(partition), position);
    }

    /** Nobody reads any more. Waits some seconds until what was appended is in the log. */
    @Override
    public void close() {
        closed = true;
        closeConsumer();
        Producer<byte[], byte[]> writing = producer;
        producer = null;
        if (writing != null) {
            writing.close(CLOSE);
        }
        fetcher.close();
    }

    private void closeConsumer() {
        Consumer<byte[], byte[]> reading = consumer;
        consumer = null;
        if (reading != null) {
            try {
                reading.assign(Collections.emptyList());
                reading.close();
            } catch (KafkaException ex) {
                // It reads nothing any more, whatever else it could not do.
            }
        }
    }
}
