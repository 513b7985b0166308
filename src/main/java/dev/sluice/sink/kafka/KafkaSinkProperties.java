package dev.sluice.sink.kafka;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A Kafka topic.
 *
 * @param topic a template
 * @param key of the record, a template: by default the connection, so that its messages stay in order; records have none,
 *     and no order, if it is empty
 * @param timeout for the confirmation of a batch, at least 1s
 */
public record KafkaSinkProperties(
        String topic,
        @DefaultValue("{connection}") String key,
        @DefaultValue("30s") Duration timeout) {}
