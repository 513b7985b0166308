package dev.sluice.listener.configuration;

import dev.sluice.check.Check;
import dev.sluice.check.CheckException;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import dev.sluice.sink.amqp.AmqpSinkProperties;
import dev.sluice.sink.bean.BeanSinkProperties;
import dev.sluice.sink.file.FileSinkProperties;
import dev.sluice.sink.http.HttpSinkProperties;
import dev.sluice.sink.jdbc.JdbcSinkProperties;
import dev.sluice.sink.kafka.KafkaSinkProperties;
import dev.sluice.sink.log.LogSinkProperties;
import dev.sluice.sink.mqtt.MqttSinkProperties;
import dev.sluice.sink.tcp.TcpSinkProperties;
import dev.sluice.sink.udp.UdpSinkProperties;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.ReflectionUtils;

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
 * @param bean a bean of the operator's own
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
        @NestedConfigurationProperty @Nullable UdpSinkProperties udp,
        @NestedConfigurationProperty @Nullable BeanSinkProperties bean) {

    /** Says what is wrong with what is declared, without making a sink of it. */
    void check(Check check) {
        declared().forEach((kind, declaration) -> declaration.check(check.at(kind)));
    }

    /**
     * Makes the sink; see {@link SinkDeclaration#open}.
     *
     * @throws IllegalArgumentException if no kind is declared, or what is declared cannot be
     */
    public Sink open(String name, BeanFactory beans) {
        return declared().values().stream()
                .findFirst()
                .orElseThrow(() -> new CheckException(
                        "sluice.sinks." + name, "has no kind. Give it one of " + SinkRules.kinds(), null))
                .open(name, beans);
    }

    /** Returns what is declared, by kind. A kind is the name of its component. */
    private Map<String, SinkDeclaration> declared() {
        Map<String, SinkDeclaration> declared = new LinkedHashMap<>();
        for (RecordComponent kind : SinkProperties.class.getRecordComponents()) {
            if (ReflectionUtils.invokeMethod(kind.getAccessor(), this) instanceof SinkDeclaration declaration) {
                declared.put(kind.getName(), declaration);
            }
        }
        return declared;
    }
}
