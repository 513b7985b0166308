package dev.sluice.sink.kafka;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A Kafka topic.
 *
 * @param topic a template
 * @param key of the record, a template; none if absent, and the connection, so that its messages stay in order, by default
 * @param timeout for the confirmation of a batch
 */
public record KafkaSinkProperties(
        String topic,
        @DefaultValue("{connection}") @Nullable String key,
        @DefaultValue("30s") Duration timeout) {}
