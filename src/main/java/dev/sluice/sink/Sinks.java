package dev.sluice.sink;

import dev.sluice.check.Check;
import dev.sluice.sink.amqp.AmqpSink;
import dev.sluice.sink.amqp.AmqpSinkProperties;
import dev.sluice.sink.file.FileSink;
import dev.sluice.sink.file.FileSinkProperties;
import dev.sluice.sink.http.HttpSink;
import dev.sluice.sink.http.HttpSinkProperties;
import dev.sluice.sink.jdbc.JdbcSink;
import dev.sluice.sink.jdbc.JdbcSinkProperties;
import dev.sluice.sink.kafka.KafkaSink;
import dev.sluice.sink.kafka.KafkaSinkProperties;
import dev.sluice.sink.mqtt.MqttSink;
import dev.sluice.sink.mqtt.MqttSinkProperties;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;

/** Makes the sink that an operator has declared. */
public final class Sinks {

    private Sinks() {}

    /**
     * Says what is wrong with what is declared, without making a sink of it.
     *
     * @param check of the sink
     */
    public static void check(SinkProperties properties, Check check) {
        check(properties.file(), FileSinkProperties::check, check.at("file"));
        check(properties.http(), HttpSinkProperties::check, check.at("http"));
        check(properties.kafka(), KafkaSinkProperties::check, check.at("kafka"));
        check(properties.amqp(), AmqpSinkProperties::check, check.at("amqp"));
        check(properties.mqtt(), MqttSinkProperties::check, check.at("mqtt"));
        check(properties.jdbc(), JdbcSinkProperties::check, check.at("jdbc"));
        check(properties.tcp(), TcpSinkProperties::check, check.at("tcp"));
        check(properties.udp(), UdpSinkProperties::check, check.at("udp"));
    }

    private static <P> void check(@Nullable P declared, BiConsumer<P, Check> kind, Check check) {
        if (declared != null) {
            kind.accept(declared, check);
        }
    }

    /**
     * Connects to nothing yet: what is away when the program starts is waited for like what goes away later.
     *
     * @param name of the sink
     * @param beans where clients that Spring Boot configures are found
     * @throws IllegalArgumentException if not exactly one kind is declared, or what is declared cannot be
     */
    public static Sink sink(String name, SinkProperties properties, BeanFactory beans) {
        if (properties.log() != null) {
            return new LogSink(name, properties.log());
        }
        if (properties.file() != null) {
            return new FileSink(name, properties.file());
        }
        if (properties.http() != null) {
            return new HttpSink(name, properties.http(), beans);
        }
        if (properties.kafka() != null) {
            return new KafkaSink(name, properties.kafka(), beans);
        }
        if (properties.amqp() != null) {
            return new AmqpSink(name, properties.amqp(), beans);
        }
        if (properties.mqtt() != null) {
            return new MqttSink(name, properties.mqtt());
        }
        if (properties.jdbc() != null) {
            return new JdbcSink(name, properties.jdbc(), beans);
        }
        if (properties.tcp() != null) {
            return new TcpSink(name, properties.tcp());
        }
        if (properties.udp() != null) {
            return new UdpSink(name, properties.udp());
        }
        throw new IllegalArgumentException(
                "sluice.sinks." + name + ": needs a kind: log, file, http, kafka, amqp, mqtt, jdbc, tcp or udp");
    }
}
