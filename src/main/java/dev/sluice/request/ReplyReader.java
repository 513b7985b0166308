package dev.sluice.request;

import dev.sluice.check.CheckException;
import dev.sluice.memory.Halt;
import dev.sluice.text.Causes;
import dev.sluice.text.LogThrottle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Reads the answers of back-ends, by a thread of its own, from the one partition that they are sent to: first from its
 * end, and from where it was if it has to begin once more. It belongs to no group, so that nobody takes the partition
 * away.
 */
final class ReplyReader {

    private static final Logger log = LoggerFactory.getLogger(ReplyReader.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ReplyTopic topic;
    private final ConsumerFactory<byte[], byte[]> consumers;
    private final String replica;
    private final RequestsUnderWay underWay;
    private final LogThrottle reports = new LogThrottle(Duration.ofSeconds(10));
    private final Thread thread;
    private final CountDownLatch tried = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);

    private volatile @Nullable TopicPartition partition;
    private volatile @Nullable CheckException problem;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    /** Of the next record; -1 before anything was read. Of the thread. */
    private long next = -1;

    /**
     * @param replica the name of this process among those that share the topic
     */
    ReplyReader(
            ReplyTopic topic, ConsumerFactory<byte[], byte[]> consumers, String replica, RequestsUnderWay underWay) {
        this.topic = topic;
        this.consumers = consumers;
        this.replica = replica;
        this.underWay = underWay;
        this.thread = Thread.ofPlatform().daemon().name("sluice-replies").unstarted(this::run);
    }

    /**
     * Begins, and waits a while until answers can be read. Brokers that are away are waited for in the background.
     *
     * @throws CheckException if the topic is not what it has to be
     */
    void start() {
        thread.start();
        try {
            if (!tried.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("Topic '{}' cannot be read yet; until then all requests to back-ends fail", topic.name());
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        CheckException wrong = problem;
        if (wrong != null) {
            throw wrong;
        }
    }

    /** Where answers are read; null while they are not. */
    @Nullable
    TopicPartition partition() {
        return partition;
    }

    private void run() {
        while (closing.getCount() > 0) {
            try {
                int partitions = topic.require();
                problem = null;
                read(new TopicPartition(topic.name(), Math.floorMod(replica.hashCode(), partitions)));
            } catch (WakeupException ex) {
                // close() has ended the wait
            } catch (CheckException ex) {
                problem = ex;
                report(ex.getMessage() + "");
            } catch (ExecutionException ex) {
                report(Causes.line(Causes.of(ex).getLast()));
            } catch (InterruptedException ex) {
                return;
            } catch (RuntimeException | Error ex) {
                Halt.onOutOfMemory(ex);
                report(Causes.line(Causes.of(ex).getLast()));
            }
            partition = null;
            tried.countDown();
            pause();
        }
    }

    private void report(String why) {
        reports.write(_ -> log.warn(
                "Answers of back-ends cannot be read from topic '{}', so that all requests fail: {}",
                topic.name(),
                why));
    }

    private void pause() {
        try {
            boolean _ = closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(TopicPartition from) {
        try (Consumer<byte[], byte[]> opened = consumers.createConsumer()) {
            consumer = opened;
            opened.assign(List.of(from));
            if (next < 0) {
                opened.seekToEnd(List.of(from));
            } else {
                opened.seek(from, next);
            }
            // Without this the end would be looked up by the first poll, and an answer before it would be missed.
            next = opened.position(from, PATIENCE);
            log.info("Answers of back-ends are read from {}", from);
            partition = from;
            tried.countDown();
            while (closing.getCount() > 0) {
                for (ConsumerRecord<byte[], byte[]> answer : opened.poll(PAUSE)) {
                    next = answer.offset() + 1;
                    underWay.arrived(answer);
                }
            }
        } finally {
            consumer = null;
        }
    }

    void close() {
        closing.countDown();
        Consumer<byte[], byte[]> opened = consumer;
        if (opened != null) {
            opened.wakeup();
        }
        try {
            boolean _ = thread.join(PATIENCE);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
