package dev.sluice.transport.tcp;

import dev.sluice.transport.Cidr;
import dev.sluice.transport.tcp.ProxyProtocolProperties.Mode;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a connection that is accepted now begins by.
 *
 * @param properties of its socket, and of the port that it comes by
 * @param tls what is spoken over it; null if it is not encrypted
 */
record PortTerms(TcpProperties properties, @Nullable TlsPort tls) {

    /** Returns whether connections come by way of proxies, so that each still has to be let in. */
    boolean awaitsProxies() {
        return properties.proxyProtocol().mode() == Mode.REQUIRED;
    }

    /** Returns whether this is a proxy whose word is taken for whose connection it is. */
    boolean trusts(InetAddress proxy) {
        return Cidr.anyContains(properties.proxyProtocol().trusted(), proxy);
    }

    /** Returns whether the other ones need no other socket to listen at. */
    boolean listensLike(PortTerms other) {
        TcpProperties theirs = other.properties;
        return properties.address().equals(theirs.address())
                && portNumber() == other.portNumber()
                && properties.backlog() == theirs.backlog();
    }

    /** Returns the port to bind; 0 is any free one. */
    int portNumber() {
        return properties.port() == null ? 0 : properties.port();
    }

    /** The bytes of the receive buffer of each connection; 0 is as the system has it. */
    int receiveBuffer() {
        return properties.receiveBuffer() == null
                ? 0
                : (int) properties.receiveBuffer().toBytes();
    }
}
