package dev.sluice.transport.udp;

import dev.sluice.check.Check;
import dev.sluice.message.AddressText;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import java.util.stream.Collectors;
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
 * @param maxReplyFactor how many times as long as a request the replies to it may be in all, since its source may be
 *     forged; 0 is that there are none
 */
public record UdpProperties(
        @DefaultValue("0.0.0.0") String address,
        @Nullable Integer port,
        @DefaultValue("4MB") DataSize receiveBuffer,
        @DefaultValue("1") int receivers,
        @Nullable Multicast multicast,
        @DefaultValue("1") int maxReplyFactor) {

    private static final int MOST_RECEIVERS = 64;

    /** Says what is wrong with it. */
    public void check(Check check) {
        check.portToBind(port);
        Optional<InetAddress> bound = check.address("address", address);
        check.buffer("receive-buffer", receiveBuffer);
        check.that(maxReplyFactor >= 0, "max-reply-factor", maxReplyFactor + " is negative. Give 0 to send no replies");
        check.that(
                receivers >= 1 && receivers <= MOST_RECEIVERS,
                "receivers",
                receivers + " is not from 1 to " + MOST_RECEIVERS);
        if (multicast != null) {
            multicast.check(check.at("multicast"), bound);
            check.that(
                    receivers <= 1,
                    "receivers",
                    "must be 1 for multicast: each of " + receivers + " would get every datagram");
        }
    }

    /**
     * A multicast group.
     *
     * @param group its address, IPv4 or IPv6
     * @param networkInterface the interface to join on, as {@code eth0}; the system's choice if absent
     */
    public record Multicast(
            String group, @Name("interface") @Nullable String networkInterface) {

        private void check(Check check, Optional<InetAddress> bound) {
            if (check.present("group", group, "the address of a group, such as 239.1.1.1")) {
                check.address("group", group).ifPresent(address -> checkGroup(check, address, bound));
            }
            if (networkInterface != null) {
                checkInterface(check, networkInterface);
            }
        }

        private void checkGroup(Check check, InetAddress address, Optional<InetAddress> bound) {
            if (check.that(
                    address.isMulticastAddress(),
                    "group",
                    "'" + group + "' is not a multicast address, such as 239.1.1.1 or ff02::1:3")) {
                bound.filter(own -> !own.isAnyLocalAddress())
                        .ifPresent(own -> check.that(
                                own.getClass() == address.getClass(),
                                "group",
                                "'" + group + "' and the address '" + AddressText.of(own)
                                        + "' are not both IPv4 or both IPv6"));
            }
        }

        private static void checkInterface(Check check, String name) {
            try {
                check.that(
                        NetworkInterface.getByName(name) != null,
                        "interface",
                        NetworkInterface.networkInterfaces()
                                .map(NetworkInterface::getName)
                                .collect(Collectors.joining(
                                        ", ", "there is no interface '" + name + "'. There are ", "")));
            } catch (SocketException ex) {
                check.report("interface", "'" + name + "' cannot be looked up: " + ex.getMessage());
            }
        }
    }
}
