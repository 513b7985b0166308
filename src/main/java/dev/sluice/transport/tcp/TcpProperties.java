package dev.sluice.transport.tcp;

import dev.sluice.check.Check;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A TCP port.
 *
 * @param address to bind: a literal or a name, IPv4 or IPv6
 * @param port to bind; 0 is any free one
 * @param backlog connections that the kernel may hold before they are accepted
 * @param greeting sent as written, in the listener's charset, to every peer that connects; none if absent
 * @param noDelay whether small segments are sent at once (TCP_NODELAY)
 * @param keepAlive whether the kernel probes a silent peer (SO_KEEPALIVE)
 * @param receiveBuffer of each connection (SO_RCVBUF); the system's if absent
 * @param sendBuffer of each connection (SO_SNDBUF); the system's if absent
 * @param proxyProtocol whether a proxy in front tells who the peer is
 * @param tls what connections are encrypted with; they are not if absent
 */
public record TcpProperties(
        @DefaultValue("0.0.0.0") String address,
        @Nullable Integer port,
        @DefaultValue("128") int backlog,
        @Nullable String greeting,
        @DefaultValue("true") boolean noDelay,
        @DefaultValue("true") boolean keepAlive,
        @Nullable DataSize receiveBuffer,
        @Nullable DataSize sendBuffer,
        @NestedConfigurationProperty @DefaultValue ProxyProtocolProperties proxyProtocol,
        @NestedConfigurationProperty @Nullable TlsProperties tls) {

    /** Says what is wrong with it. */
    public void check(Check check) {
        check.portToBind(port);
        check.address("address", address);
        check.that(backlog >= 1, "backlog", backlog + " is less than 1");
        check.buffer("receive-buffer", receiveBuffer);
        check.buffer("send-buffer", sendBuffer);
        proxyProtocol.check(check.at("proxy-protocol"));
        if (tls != null) {
            check.present("tls.bundle", tls.bundle(), "the name of a bundle under 'spring.ssl.bundle'");
        }
    }
}
