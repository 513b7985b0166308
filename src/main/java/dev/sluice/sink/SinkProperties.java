package dev.sluice.sink;

import dev.sluice.sink.amqp.AmqpSinkProperties;
import dev.sluice.sink.file.FileSinkProperties;
import dev.sluice.sink.http.HttpSinkProperties;
import dev.sluice.sink.jdbc.JdbcSinkProperties;
import dev.sluice.sink.kafka.KafkaSinkProperties;
import dev.sluice.sink.log.LogSinkProperties;
import dev.sluice.sink.mqtt.MqttSinkProperties;
import dev.sluice.sink.tcp.TcpSinkProperties;
import dev.sluice.sink.udp.UdpSinkProperties;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * One destination, as an operator declares it; exactly one kind is there.
 *
 * @param log the program's own log
 * @param file files
 * @param http requests to a web server
 * @param kafka a Kafka topic; brokers and security are those of {@code spring.kafka}
 * @param amqp an AMQP 0-9-1 exchange; the broker is that of {@code spring.rabbitmq}
 * @param mqtt an MQTT 5 broker
 * @param jdbc a database; which one says {@code spring.datasource}
 * @param tcp a TCP server
 * @param udp a UDP receiver
 */
public record SinkProperties(
        @NestedConfigurationProperty @Nullable LogSinkProperties log,
        @NestedConfigurationProperty @Nullable FileSinkProperties file,
        @NestedConfigurationProperty @Nullable HttpSinkProperties http,
        @NestedConfigurationProperty @Nullable KafkaSinkProperties kafka,
        @NestedConfigurationProperty @Nullable AmqpSinkProperties amqp,
        @NestedConfigurationProperty @Nullable MqttSinkProperties mqtt,
        @NestedConfigurationProperty @Nullable JdbcSinkProperties jdbc,
        @NestedConfigurationProperty @Nullable TcpSinkProperties tcp,
        @NestedConfigurationProperty @Nullable UdpSinkProperties udp) {}
