package dev.sluice.sink.kafka;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import java.time.Duration;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A Kafka topic.
 *
 * @param topic a template
 * @param key of the record, a template: by default the connection, so that its messages stay in order; records have
 *     none, and no order, if it is empty
 * @param timeout for the confirmation of a batch, at least 1s
 */
public record KafkaSinkProperties(
        String topic,
        @DefaultValue("{connection}") String key,
        @DefaultValue("30s") Duration timeout) implements SinkDeclaration {

    @Override
    public void check(Check check) {
        if (check.present("topic", topic, "the name of a topic, such as device.{listener}")) {
            check.template("topic", topic);
        }
        check.template("key", key);
        check.timeout(timeout);
        check.that(
                !timeout.isPositive() || timeout.compareTo(Duration.ofSeconds(1)) >= 0,
                "timeout",
                "must be at least 1s");
    }

    @Override
    public Sink open(String name, BeanFactory beans) {
        return new KafkaSink(name, this, beans);
    }
}
