package dev.sluice.transport.udp;

import dev.sluice.transport.udp.UdpProperties.Multicast;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the sockets of a port. The first takes the port for itself, so that a port in use is an error whatever its
 * owner allows; those that follow share it with the first. Only a multicast port may be another process's as well.
 */
final class UdpPort {

    private static final Logger log = LoggerFactory.getLogger(UdpPort.class);

    private final String listener;
    private final UdpProperties properties;
    private final InetAddress address;
    private int number;
    private boolean taken;
    /** Whether others of ours still have the port, which are about to leave it: what is opened is beside those. */
    private volatile boolean beside;
    /** What has been opened beside them, and at which addresses. */
    private final Map<DatagramChannel, InetAddress> openedBeside = new HashMap<>();

    /**
     * @param number of the port; 0 is any free one
     * @param beside whether sockets of ours still have it, which {@linkplain #shareWithOthers allow that}
     */
    UdpPort(String listener, UdpProperties properties, int number, boolean beside) throws IOException {
        this.listener = listener;
        this.properties = properties;
        this.address = InetAddress.getByName(properties.address());
        this.number = number;
        this.beside = beside;
    }

    /** All are open that were to be opened beside others: nobody else may share the port any more. */
    void settle() throws IOException {
        for (DatagramChannel each : openedBeside.keySet()) {
            each.setOption(StandardSocketOptions.SO_REUSEADDR, properties.multicast() != null);
        }
        openedBeside.clear();
        beside = false;
    }

    /**
     * Lets sockets be opened beside one of these, or no longer. The kernel prefers those that were opened last, and
     * leaves to this one what it holds.
     */
    void shareWithOthers(DatagramChannel channel, boolean allowed) throws IOException {
        if (properties.receivers() > 1) {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, !allowed);
        }
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, allowed || properties.multicast() != null);
    }

    /** What is sent to the group does not come by this one any more. */
    void leaveGroup(DatagramChannel channel) throws IOException {
        Multicast multicast = properties.multicast();
        if (multicast != null) {
            channel.socket().leaveGroup(group(multicast), networkInterface(multicast));
        }
    }

    String listener() {
        return listener;
    }

    /** Whether it takes what is sent to any address, and answers: then it matters from which one. */
    boolean answersForAllAddresses() {
        return address.isAnyLocalAddress() && properties.maxReplyFactor() > 0;
    }

    /** Opens a socket at the address of the properties. Belongs to the thread that binds. */
    DatagramChannel open() throws IOException {
        DatagramChannel channel = open(address, taken);
        try {
            if (!taken) {
                taken = true;
                number = channel.socket().getLocalPort();
                share(channel, properties.receivers() > 1);
                tellBuffer(channel.socket().getReceiveBufferSize());
            }
            if (properties.multicast() != null) {
                join(channel.socket(), properties.multicast());
            }
            return channel;
        } catch (IOException | RuntimeException ex) {
            channel.close();
            throw ex;
        }
    }

    /** Opens a socket at one address beside that at all addresses, which shares the port no longer than it takes. */
    DatagramChannel openBeside(DatagramChannel all, InetAddress one) throws IOException {
        if (properties.receivers() > 1) {
            return open(one, true);
        }
        all.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        try {
            DatagramChannel channel = open(one, true);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, properties.multicast() != null);
            return channel;
        } finally {
            all.setOption(StandardSocketOptions.SO_REUSEADDR, properties.multicast() != null);
        }
    }

    private DatagramChannel open(InetAddress address, boolean shared) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            DatagramSocket socket = channel.socket();
            socket.setReceiveBufferSize((int) properties.receiveBuffer().toBytes());
            // So that the kernel refuses to send to all of a network, whichever this machine is in.
            channel.setOption(StandardSocketOptions.SO_BROADCAST, false);
            // The kernel puts those that share from the beginning behind others, and it is the first that it looks for.
            boolean first = beside && !openedBeside.containsValue(address);
            share(channel, shared && !first && properties.receivers() > 1);
            socket.setReuseAddress(beside || shared && properties.receivers() == 1 || properties.multicast() != null);
            socket.bind(new InetSocketAddress(address, number));
            if (beside) {
                openedBeside.put(channel, address);
                share(channel, shared && properties.receivers() > 1);
            }
            return channel;
        } catch (IOException | RuntimeException ex) {
            channel.close();
            throw ex;
        }
    }

    /** The kernel spreads datagrams over the sockets that have this. */
    private static void share(DatagramChannel channel, boolean among) throws IOException {
        if (among) {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
    }

    private void tellBuffer(int bytes) {
        long asked = properties.receiveBuffer().toBytes();
        if (bytes < asked) {
            log.info(
                    "Listener '{}': the kernel gives it a receive buffer of {} KB, not {} KB. More may be had by"
                            + " net.core.rmem_max",
                    listener,
                    bytes / 1024,
                    asked / 1024);
        }
    }

    private static void join(DatagramSocket socket, Multicast multicast) throws IOException {
        socket.joinGroup(group(multicast), networkInterface(multicast));
    }

    private static InetSocketAddress group(Multicast multicast) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(multicast.group()), 0);
    }

    private static @Nullable NetworkInterface networkInterface(Multicast multicast) throws IOException {
        if (multicast.networkInterface() == null) {
            return null;
        }
        NetworkInterface found = NetworkInterface.getByName(multicast.networkInterface());
        if (found == null) {
            throw new IOException("there is no network interface '" + multicast.networkInterface() + "'");
        }
        return found;
    }
}
