package dev.sluice.sink;

import dev.sluice.check.Check;

/**
 * A UDP receiver, which confirms nothing: a message counts as delivered when it is sent.
 *
 * @param host a literal or a name
 * @param port of the receiver
 */
public record UdpSinkProperties(String host, int port) {

    void check(Check check) {
        check.host(host, "the name or address of a receiver");
        check.port(port);
    }
}
