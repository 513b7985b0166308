package dev.sluice.sink.udp;

import dev.sluice.sink.SinkCheck;

/**
 * A UDP receiver, which confirms nothing: a message counts as delivered when it is sent.
 *
 * @param host a literal or a name
 * @param port of the receiver
 */
public record UdpSinkProperties(String host, int port) {

    public void check(SinkCheck check) {
        check.host(host, "the name or address of a receiver");
        check.port(port);
    }
}
