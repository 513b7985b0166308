package dev.sluice.transport.udp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP addresses of all listeners of a process. A datagram that says it comes from one of them is forged: whoever
 * answered it would be answered by itself, or by another listener, for ever. May be used by any thread.
 */
public final class OwnAddresses {

    private static final Logger log = LoggerFactory.getLogger(OwnAddresses.class);
    /** For so long the addresses of this machine are not asked for again. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    /** Lists the addresses that this machine has now. */
    @FunctionalInterface
    interface Machine {
        List<InetAddress> addresses() throws SocketException;
    }

    private record Known(Set<InetAddress> addresses, long at) {}

    private final Machine machine;

    /** Replaced as a whole; few, so that looking through them costs nothing beside receiving. */
    private volatile List<InetSocketAddress> bound = List.of();

    private volatile Known known = new Known(Set.of(), System.nanoTime() - FRESH.toNanos());

    public OwnAddresses() {
        this(() -> NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .toList());
    }

    OwnAddresses(Machine machine) {
        this.machine = machine;
    }

    /** A listener has bound this. */
    synchronized void add(InetSocketAddress address) {
        List<InetSocketAddress> added = new ArrayList<>(bound);
        added.add(address);
        bound = List.copyOf(added);
    }

    /** It has closed it. */
    synchronized void remove(InetSocketAddress address) {
        List<InetSocketAddress> left = new ArrayList<>(bound);
        left.remove(address);
        bound = List.copyOf(left);
    }

    /** Returns whether a datagram with this source would have been sent by a listener of this process. */
    boolean contain(InetSocketAddress source) {
        List<InetSocketAddress> all = bound;
        for (int i = 0; i < all.size(); i++) {
            InetSocketAddress own = all.get(i);
            if (own.getPort() == source.getPort()
                    && (own.getAddress().isAnyLocalAddress()
                            ? isOfMachine(source.getAddress())
                            : own.getAddress().equals(source.getAddress()))) {
                return true;
            }
        }
        return false;
    }

    /** All of 127.0.0.0/8 is, also what no interface names. */
    private boolean isOfMachine(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return true;
        }
        Known last = known;
        if (System.nanoTime() - last.at >= FRESH.toNanos()) {
            last = new Known(addressesOfMachine(), System.nanoTime());
            known = last;
        }
        return last.addresses.contains(address);
    }

    private Set<InetAddress> addressesOfMachine() {
        try {
            return Set.copyOf(machine.addresses());
        } catch (SocketException ex) {
            log.debug("The addresses of this machine cannot be listed", ex);
            return Set.of();
        }
    }

    Machine machine() {
        return machine;
    }
}
