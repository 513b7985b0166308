package dev.sluice.sink.tcp;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import dev.sluice.transport.framing.FramingProperties;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A TCP server.
 *
 * @param host a literal or a name
 * @param port of the server
 * @param framing where a message ends
 * @param expect what the server answers to each message that it has taken, as text; if absent, a message counts as
 *     delivered when it is written
 * @param timeout for the connection, a write and an answer
 */
public record TcpSinkProperties(
        String host,
        int port,
        @NestedConfigurationProperty @DefaultValue FramingProperties framing,
        @Nullable String expect,
        @DefaultValue("10s") Duration timeout)
        implements SinkDeclaration {

    @Override
    public void check(Check check) {
        check.host(host, "the name or address of a server");
        check.port(port);
        check.timeout(timeout);
        if (framing.check(check.at("framing")) && expect != null) {
            check.parsed("expect", () -> Dialogue.checkAnswer(expect, framing.toFraming(), framing.maxSize()));
        }
    }

    @Override
    public Sink open(String name, BeanFactory beans) {
        return new TcpSink(name, this);
    }
}
