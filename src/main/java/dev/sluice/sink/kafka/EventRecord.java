package dev.sluice.sink.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Trace;
import dev.sluice.sink.CloudEventAttributes;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record of a message. The value is the payload; the headers are those of the CloudEvents Kafka protocol
 * binding in binary content mode.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">CloudEvents
 *     Kafka protocol binding</a>
 */
public final class EventRecord {

    private EventRecord() {}

    /**
     * @param key null for none
     */
    public static ProducerRecord<byte[], byte[]> of(String topic, byte @Nullable [] key, Envelope message) {
        ProducerRecord<byte[], byte[]> made = new ProducerRecord<>(topic, key, message.getPayload());
        Headers headers = made.headers();
        CloudEventAttributes.of(message).forEach((name, value) -> headers.add("ce_" + name, value.getBytes(UTF_8)));
        String traceparent = message.traceparent();
        if (traceparent != null) {
            headers.add(Trace.HEADER, traceparent.getBytes(UTF_8));
        }
        return made;
    }
}
