package dev.sluice.transport.udp;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * A UDP port.
 *
 * @param address to bind: a literal or a name, IPv4 or IPv6. At {@code 0.0.0.0} or {@code ::} answers leave from the
 *     address that was asked, if an interface of this machine lists it
 * @param port to bind; 0 is any free one
 * @param receiveBuffer of each socket (SO_RCVBUF), as far as the kernel gives it (net.core.rmem_max)
 * @param receivers threads that share the port, each with sockets of its own (SO_REUSEPORT)
 * @param multicast the group to join; none if absent
 * @param maxReplyFactor how many times as long as a request the replies to it may be in all, since its source may be forged;
 *     0 is that there are none
 */
public record UdpProperties(
        @DefaultValue("0.0.0.0") String address,
        @Nullable Integer port,
        @DefaultValue("4MB") DataSize receiveBuffer,
        @DefaultValue("1") int receivers,
        @Nullable Multicast multicast,
        @DefaultValue("1") int maxReplyFactor) {

    /**
     * A multicast group.
     *
     * @param group its address, IPv4 or IPv6
     * @param networkInterface the interface to join on, as {@code eth0}; the system's choice if absent
     */
    public record Multicast(
            String group, @Name("interface") @Nullable String networkInterface) {}
}
