/**
 * Delivery to a Kafka topic.
 */
@NullMarked
package dev.sluice.sink.kafka;

import org.jspecify.annotations.NullMarked;
