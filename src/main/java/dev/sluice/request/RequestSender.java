package dev.sluice.request;

import dev.sluice.request.RequestTally.Outcome;
import dev.sluice.sink.kafka.KafkaFailures;
import dev.sluice.sink.kafka.KafkaProducers;
import dev.sluice.text.LogThrottle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.ProducerListener;

/**
 * Sends requests that have the same time, by one producer for all threads. A request that is not with Kafka within half
 * of its time has failed, so that no back-end gets one that nobody waits for.
 */
final class RequestSender {

    private static final Logger log = LoggerFactory.getLogger(RequestSender.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String UNSENT = "the request could not be sent";

    private final RequestsUnderWay underWay;
    private final DefaultKafkaProducerFactory<byte[], byte[]> producers;
    private final KafkaTemplate<byte[], byte[]> template;
    private final KafkaFailures failures;
    private final LogThrottle reports = new LogThrottle(Duration.ofSeconds(10));
    /** Nothing is sent before this time, in {@code System.nanoTime()}, since a wait for a topic was in vain. */
    private volatile long pausedUntil = System.nanoTime();

    RequestSender(RequestsUnderWay underWay, Duration timeout, ProducerFactory<?, ?> configured) {
        this.underWay = underWay;
        producers = KafkaProducers.of("requests-" + timeout.toMillis() + "ms", timeout, configured);
        template = new KafkaTemplate<>(producers);
        // The default one logs every failure with its payload and a stack trace.
        template.setProducerListener(new ProducerListener<>() {});
        failures = new KafkaFailures(
                String.valueOf(producers.getConfigurationProperties().get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG)),
                template::metrics);
    }

    /** Sends it. Failures end the request. May wait a sixth of its time for a topic that was not known before. */
    void send(Request request, ProducerRecord<byte[], byte[]> sent) {
        if (System.nanoTime() - pausedUntil < 0) {
            end(request, null);
            return;
        }
        try {
            boolean _ = template.send(sent)
                    .whenComplete((_, failure) -> {
                        if (failure != null) {
                            failed(request, sent.topic(), failure);
                        }
                    })
                    .isDone();
        } catch (InterruptException ex) {
            end(request, ex);
        } catch (RuntimeException ex) {
            failed(request, sent.topic(), ex);
        }
    }

    private void failed(Request request, String topic, Throwable failure) {
        if (KafkaFailures.isTimeout(failure)) {
            pausedUntil = System.nanoTime() + PAUSE_NANOS;
        }
        end(request, failure);
        reports.write(before -> {
            log.warn(
                    "A request to topic '{}' could not be sent{}: {}",
                    topic,
                    before == 0 ? "" : " (as " + before + " untold before it)",
                    failures.failure(failure, topic).reason());
            if (KafkaFailures.isFatal(failure)) {
                producers.reset();
            }
        });
    }

    private void end(Request request, @Nullable Throwable cause) {
        Request ended = underWay.end(request.number());
        if (ended != null) {
            ended.failed(Outcome.UNSENT, UNSENT, cause);
        }
    }

    void close() {
        producers.destroy();
    }
}
