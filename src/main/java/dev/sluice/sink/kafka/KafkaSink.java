package dev.sluice.sink.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.Template;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Replacements;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.ProducerListener;

/**
 * Sends records to a Kafka topic, by one idempotent producer for all threads, and waits for all in-sync replicas.
 */
final class KafkaSink implements Sink {

    private final Duration timeout;
    private final RecordTopic topic;
    private final @Nullable Template key;
    private final DefaultKafkaProducerFactory<byte[], byte[]> producers;
    private final KafkaTemplate<byte[], byte[]> template;
    private final KafkaFailures failures;
    private final Replacements replacements;
    /** How many producers there have been before. Written by {@link #replace} alone. */
    private volatile int replaced;

    /**
     * @throws IllegalArgumentException if a template or the timeout is wrong, or Kafka is not configured
     */
    KafkaSink(String name, KafkaSinkProperties properties, BeanFactory beans) {
        timeout = properties.timeout();
        replacements = new Replacements(name);
        topic = new RecordTopic(properties.topic());
        key = properties.key().isEmpty() ? null : Template.parse(properties.key(), UTF_8, _ -> true);
        producers = KafkaProducers.of(name, timeout, configured(beans));
        template = new KafkaTemplate<>(producers);
        // The default one logs every failure with its payload and a stack trace.
        template.setProducerListener(new ProducerListener<>() {});
        failures = new KafkaFailures(
                String.valueOf(producers.getConfigurationProperties().get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG)),
                template::metrics);
    }

    private static ProducerFactory<?, ?> configured(BeanFactory beans) {
        try {
            return beans.getBean(ProducerFactory.class);
        } catch (NoSuchBeanDefinitionException _) {
            throw new IllegalArgumentException(
                    "the program started without a sink of the kind 'kafka'; restart it to have the first one");
        }
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        int producer = replaced;
        List<Sending> sendings = handOver(messages);
        OrderedConfirmation confirmation = new OrderedConfirmation(messages);
        String useless = null;
        for (int i = 0; i < messages.size(); i++) {
            Sending sending = sendings.get(i);
            Throwable failed = sending.await(deadline - System.nanoTime());
            if (useless == null && failed != null) {
                useless = uselessness(failed, sending);
            }
            confirmation.settle(i, failed == null ? null : failure(failed, sending.topic()));
        }
        if (useless != null) {
            replace(producer, useless);
        }
        return confirmation.confirmation();
    }

    /**
     * Why its producer is of no use any more; null if it may be. One that lives has failed a record by then by itself:
     * its thread has died of an error, as one that an interceptor threw, and whatever is given to it stays there for
     * ever.
     */
    private @Nullable String uselessness(Throwable failed, Sending sending) {
        if (!sending.result().isDone()) {
            return "it neither sent nor gave up a record within " + timeout.toSeconds()
                    + "s: its thread is dead or stuck";
        }
        return KafkaFailures.isFatal(failed)
                ? "it cannot go on: "
                        + failures.failure(failed, sending.topic()).reason()
                : null;
    }

    /** Many may find one producer useless, and a new one has to be spared. */
    private synchronized void replace(int producer, String why) {
        if (replaced == producer) {
            replaced++;
            replacements.tell("the producer", why);
            producers.reset();
        }
    }

    private Failure failure(Throwable failed, String recordTopic) {
        return failed instanceof TimeoutException
                ? Failure.passing("not confirmed within " + timeout.toSeconds() + "s")
                : failures.failure(failed, recordTopic);
    }

    /**
     * Gives records to the producer, for a third of the timeout at the most. A wait for a topic that is not known has
     * been one for its other records too.
     */
    private List<Sending> handOver(List<? extends Envelope> messages) throws InterruptedException {
        long end = System.nanoTime() + KafkaProducers.handOver(timeout).toNanos();
        List<Sending> sendings = new ArrayList<>(messages.size());
        Map<String, Sending> unknownTopics = new HashMap<>();
        Set<String> heldStreams = new HashSet<>();
        Sending last = null;
        for (Envelope message : messages) {
            Sending sending;
            try {
                String recordTopic = topic.of(message);
                sending = unknownTopics.get(recordTopic);
                if (sending == null) {
                    sending = last != null
                                    && (heldStreams.contains(message.origin().lane()) || System.nanoTime() - end > 0)
                            ? Sending.none(recordTopic)
                            : start(message, recordTopic);
                }
            } catch (InvalidTopicException | UnknownFieldException ex) {
                sending = new Sending("", CompletableFuture.failedFuture(ex));
            }
            Throwable failed = sending.failed();
            if (failed != null && !KafkaFailures.isPoison(failed)) {
                heldStreams.add(message.origin().lane());
                if (KafkaFailures.isTimeout(failed)) {
                    unknownTopics.put(sending.topic(), sending);
                }
            }
            sendings.add(sending);
            last = sending;
        }
        return sendings;
    }

    private Sending start(Envelope message, String recordTopic) throws InterruptedException {
        ProducerRecord<byte[], byte[]> producerRecord = EventRecord.of(recordTopic, key(message), message);
        try {
            return new Sending(recordTopic, template.send(producerRecord));
        } catch (InterruptException ex) {
            // The client has set the flag that it was told by.
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("while a record was handed over").initCause(ex);
        } catch (RuntimeException ex) {
            return new Sending(recordTopic, CompletableFuture.failedFuture(ex));
        }
    }

    /** None, where the values that it is made of are not there. */
    private byte @Nullable [] key(Envelope message) {
        byte[] rendered = key == null ? null : key.render(message);
        return rendered == null || rendered.length == 0 ? null : rendered;
    }

    @Override
    public void close() {
        producers.destroy();
    }

    /** One record on its way. */
    private record Sending(String topic, CompletableFuture<?> result) {

        static Sending none(String topic) {
            return new Sending(topic, CompletableFuture.failedFuture(new TimeoutException()));
        }

        /** Why it has failed already. */
        @Nullable
        Throwable failed() {
            return result.isCompletedExceptionally() ? result.exceptionNow() : null;
        }

        /** Why it failed; null if it was confirmed. */
        @Nullable
        Throwable await(long nanos) throws InterruptedException {
            try {
                result.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
                return null;
            } catch (ExecutionException ex) {
                return ex.getCause() == null ? ex : ex.getCause();
            } catch (TimeoutException ex) {
                return ex;
            }
        }
    }
}
