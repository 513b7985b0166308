package dev.sluice.transport.udp;

import dev.sluice.transport.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which replies are sent. Anyone can write any source into a datagram, and what is sent back then hits whoever that is:
 * so it is never more than came, times a factor, and goes to no service of a system and to no group. Belongs to the
 * receiver's thread.
 */
final class ReplyGuard {

    private static final Logger log = LoggerFactory.getLogger(ReplyGuard.class);
    private static final int FIRST_USER_PORT = 1024;

    private final int factor;
    private final Set<InetAddress> broadcasts;
    private long bytesLeft;

    /**
     * @param factor how many times as long as a request the replies to it may be in all; 0 is that there are none
     */
    ReplyGuard(int factor) {
        this.factor = factor;
        this.broadcasts = broadcasts();
    }

    /** From now on replies are to this request. */
    void begin(byte[] request) {
        bytesLeft = (long) factor * request.length;
    }

    /** Why not to send one more reply; null if it may be sent, which then counts. */
    Reason.@Nullable Withheld refuse(DatagramPeer peer, byte[] reply) {
        if (peer.unanswerable() != null) {
            return peer.unanswerable();
        }
        if (factor == 0 || reply.length > bytesLeft) {
            return Reason.Withheld.TOO_LONG;
        }
        bytesLeft -= reply.length;
        return null;
    }

    /** Why nothing is ever sent there; null if it can be a peer. */
    Reason.@Nullable Withheld refuse(InetSocketAddress target) {
        InetAddress address = target.getAddress();
        if (address.isMulticastAddress() || address.isAnyLocalAddress() || broadcasts.contains(address)) {
            return Reason.Withheld.NOT_UNICAST;
        }
        return target.getPort() < FIRST_USER_PORT ? Reason.Withheld.SYSTEM_PORT : null;
    }

    /**
     * Of all networks, and of those that this machine is in; of one that it joins later, the kernel refuses it to us.
     */
    private static Set<InetAddress> broadcasts() {
        try {
            return Stream.concat(
                            Stream.of(InetAddress.getByAddress(new byte[] {-1, -1, -1, -1})),
                            NetworkInterface.networkInterfaces()
                                    .flatMap(each -> each.getInterfaceAddresses().stream())
                                    .flatMap(ReplyGuard::ofNetwork))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException | UnknownHostException ex) {
            log.debug("The networks of this machine cannot be listed", ex);
            return Set.of();
        }
    }

    /** The last address of the network, also if the interface was set up without one. */
    private static Stream<InetAddress> ofNetwork(InterfaceAddress own) {
        byte[] bytes = own.getAddress().getAddress();
        if (bytes.length != 4 || own.getNetworkPrefixLength() > 30) {
            return Stream.ofNullable(own.getBroadcast());
        }
        for (int bit = own.getNetworkPrefixLength(); bit < 32; bit++) {
            bytes[bit >> 3] |= (byte) (0x80 >> (bit & 7));
        }
        try {
            return Stream.concat(Stream.of(InetAddress.getByAddress(bytes)), Stream.ofNullable(own.getBroadcast()));
        } catch (UnknownHostException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
