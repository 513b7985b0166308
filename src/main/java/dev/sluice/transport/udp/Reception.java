package dev.sluice.transport.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets by which a listener has a port, and the receivers that read them, from when they are bound until they are
 * closed. When a listener gets others, these read what has arrived and then close themselves.
 */
final class Reception {

    private static final Logger log = LoggerFactory.getLogger(Reception.class);

    private final UdpPort port;
    private final InetSocketAddress address;
    private final List<DatagramReceiver> receivers;
    private final AtomicInteger receiving;

    private Reception(UdpPort port, InetSocketAddress address, List<DatagramReceiver> receivers) {
        this.port = port;
        this.address = address;
        this.receivers = receivers;
        this.receiving = new AtomicInteger(receivers.size());
    }

    /**
     * Binds; nothing is read before the receivers are started.
     *
     * @param making makes a receiver of sockets, and is told what to run when that has ended
     * @throws IOException if the port cannot be had; nothing is left open then
     */
    static Reception open(
            UdpTransport transport,
            UdpPort port,
            int receivers,
            BiFunction<ReceiverSockets, Runnable, DatagramReceiver> making)
            throws IOException {
        List<DatagramReceiver> opened = new ArrayList<>();
        Reception[] made = new Reception[1];
        try {
            InetSocketAddress address = null;
            for (int i = 0; i < receivers; i++) {
                DatagramChannel channel = port.open();
                address = address == null ? (InetSocketAddress) channel.getLocalAddress() : address;
                ReceiverSockets sockets = new ReceiverSockets(transport, port, channel, i == 0);
                opened.add(making.apply(sockets, () -> made[0].ended(transport)));
            }
            port.settle();
            if (address == null) {
                throw new IllegalArgumentException("no receivers");
            }
            made[0] = new Reception(port, address, List.copyOf(opened));
            return made[0];
        } catch (IOException | RuntimeException ex) {
            opened.forEach(DatagramReceiver::close);
            throw ex;
        }
    }

    private void ended(UdpTransport transport) {
        if (receiving.decrementAndGet() == 0) {
            transport.hasLeft(this);
        }
    }

    InetSocketAddress address() {
        return address;
    }

    List<DatagramReceiver> receivers() {
        return receivers;
    }

    /** Lets others be bound beside these, or no longer. */
    void shareWithOthers(boolean allowed) throws IOException {
        for (DatagramReceiver receiver : receivers) {
            receiver.sockets().shareWithOthers(allowed);
        }
    }

    /** Others have taken its place, or are about to. */
    void leave() {
        try {
            shareWithOthers(true);
            for (DatagramReceiver receiver : receivers) {
                receiver.sockets().leaveGroup();
            }
        } catch (IOException ex) {
            log.debug("Listener '{}': {} is left all the same", port.listener(), address, ex);
        }
        receivers.forEach(DatagramReceiver::leave);
    }

    void wakeUp() {
        receivers.forEach(DatagramReceiver::wakeUp);
    }

    /** Waits until all have ended, or that time has come. Returns whether they have. */
    boolean awaitEnd(long untilNanos) throws InterruptedException {
        for (DatagramReceiver receiver : receivers) {
            if (!receiver.awaitEnd(Duration.ofNanos(Math.max(0, untilNanos - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    void close() {
        receivers.forEach(DatagramReceiver::close);
    }
}
