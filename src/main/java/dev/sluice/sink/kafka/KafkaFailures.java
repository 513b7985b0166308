package dev.sluice.sink.kafka;

import dev.sluice.memory.Halt;
import dev.sluice.sink.Failure;
import dev.sluice.text.Causes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Tells an operator, in one line, why a record was not taken. */
public final class KafkaFailures {

    private static final Set<Class<?>> POISON = Set.of(
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            InvalidTopicException.class,
            InvalidRecordException.class,
            SerializationException.class);

    private final Object brokers;
    private final Supplier<Map<MetricName, ? extends Metric>> metrics;

    /**
     * @param brokers as they were configured
     * @param metrics of the producer
     */
    public KafkaFailures(Object brokers, Supplier<Map<MetricName, ? extends Metric>> metrics) {
        this.brokers = brokers;
        this.metrics = metrics;
    }

    /** Returns why a record of this topic was not taken. */
    public Failure failure(Throwable failed, String topic) {
        Halt.onOutOfMemory(failed);
        Throwable cause = cause(failed);
        if (isPoison(failed)) {
            return Failure.poison(Causes.line(cause));
        }
        if (Causes.has(failed, AuthenticationException.class, AuthorizationException.class)) {
            return Failure.unauthorized(Causes.line(cause));
        }
        return Failure.passing(
                cause instanceof TimeoutException
                                || cause instanceof NetworkException
                                || cause instanceof DisconnectException
                        ? silence(cause, topic)
                        : Causes.line(Causes.of(cause).getLast()));
    }

    /** Returns whether a producer is of no use any more after this. */
    public static boolean isFatal(Throwable failed) {
        return Causes.of(failed).stream().anyMatch(KafkaFailures::endsProducer);
    }

    private static boolean endsProducer(Throwable cause) {
        return switch (cause) {
            case TopicAuthorizationException _ -> false;
            case AuthenticationException _, AuthorizationException _ -> true;
            case ProducerFencedException _, UnsupportedVersionException _ -> true;
            // A producer that has been closed says so.
            case IllegalStateException _ -> true;
            default -> false;
        };
    }

    static boolean isPoison(Throwable failed) {
        return POISON.contains(cause(failed).getClass());
    }

    /** Whether the wait for a topic's metadata has run out, or that for room in the producer. */
    public static boolean isTimeout(Throwable failed) {
        return cause(failed) instanceof TimeoutException;
    }

    /** The client says of both that the topic is missing in its metadata. */
    private String silence(Throwable cause, String topic) {
        if (connections() == 0) {
            return "no broker of " + brokers + " can be reached";
        }
        String text = Causes.line(cause);
        return text.contains("not present in metadata")
                ? "topic '" + topic + "' does not exist, or has no leader"
                : text;
    }

    private double connections() {
        for (Map.Entry<MetricName, ? extends Metric> metric : metrics.get().entrySet()) {
            if (metric.getKey().name().equals("connection-count")
                    && metric.getKey().group().equals("producer-metrics")
                    && metric.getValue().metricValue() instanceof Number count) {
                return count.doubleValue();
            }
        }
        return Double.NaN;
    }

    /** What the client says itself, within what carries that to us. */
    private static Throwable cause(Throwable failed) {
        List<Throwable> causes = Causes.of(failed);
        return causes.stream()
                .filter(cause -> !(cause instanceof ExecutionException
                        || cause instanceof CompletionException
                        || cause instanceof org.springframework.kafka.KafkaException))
                .findFirst()
                .orElseGet(causes::getLast);
    }
}
