package dev.sluice.sink.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An MQTT 5 broker.
 *
 * @param url {@code tcp://host:port}, or {@code ssl://host:port}
 * @param topic a template
 * @param qos 0, 1 or 2; from 1 on the broker confirms
 * @param clientId by which the broker knows us; chosen by it if absent
 * @param username to log in with; none if absent
 * @param password to log in with
 * @param timeout for the connection and for the confirmation of a batch
 */
public record MqttSinkProperties(
        String url,
        String topic,
        @DefaultValue("1") int qos,
        @Nullable String clientId,
        @Nullable String username,
        @Nullable String password,
        @DefaultValue("10s") Duration timeout)
        implements SinkDeclaration {

    @Override
    public void check(Check check) {
        if (check.present("url", url, "that of a broker, such as tcp://localhost:1883")) {
            check.parsed("url", () -> BrokerAddress.parse(url));
        }
        if (check.present("topic", topic, "the name of a topic, such as sluice/{listener}")) {
            check.parsed("topic", () -> new TopicTemplate(topic, check::hasField));
        }
        check.that(MqttQos.fromCode(qos) != null, "qos", "must be 0, 1 or 2");
        check.timeout(timeout);
    }

    @Override
    public Sink open(String name, BeanFactory beans) {
        return new MqttSink(name, this);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "MqttSinkProperties[url=" + url + ", topic=" + topic + ", qos=" + qos + "]";
    }
}
