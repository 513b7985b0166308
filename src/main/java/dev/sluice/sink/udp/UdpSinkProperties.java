package dev.sluice.sink.udp;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import org.springframework.beans.factory.BeanFactory;

/**
 * A UDP receiver, which confirms nothing: a message counts as delivered when it is sent.
 *
 * @param host a literal or a name
 * @param port of the receiver
 */
public record UdpSinkProperties(String host, int port) implements SinkDeclaration {

    @Override
    public void check(Check check) {
        check.host(host, "the name or address of a receiver");
        check.port(port);
    }

    @Override
    public Sink open(String name, BeanFactory beans) {
        return new UdpSink(name, this);
    }
}
