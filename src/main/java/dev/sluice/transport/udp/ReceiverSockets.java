package dev.sluice.transport.udp;

import dev.sluice.message.AddressText;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of one receiver. Where its port is bound at all addresses, there is one more for each address of this
 * machine, so that answers leave from the address that was asked: the kernel prefers these for what is sent to one
 * address, and leaves broadcast and multicast to the first. Addresses that come and go are followed. Belongs to the
 * receiver's thread; any thread may wake it and close.
 */
final class ReceiverSockets {

    static final int MOST_ADDRESSES = 64;
    /** Addresses are looked for this often. */
    private static final Duration FOLLOWING = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(ReceiverSockets.class);

    /** Networks may have the same link-local address: the scope tells them apart. */
    private record Local(InetAddress address, int scope) {

        static Local of(InetAddress address) {
            return new Local(address, address instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0);
        }

        @Override
        public String toString() {
            return AddressText.of(address);
        }
    }

    private final UdpTransport transport;
    private final UdpPort port;
    private final String listener;
    /** Whether it tells of addresses that come and go: one receiver of a port does. */
    private final boolean tells;

    private final Selector selector;
    private final DatagramChannel channel;
    private final ReceivingSocket first;
    /** Changed under the lock of this. */
    private final Map<Local, ReceivingSocket> others = new LinkedHashMap<>();

    /** Those that could not be bound, which was told. */
    private final Set<Local> unbound = new HashSet<>();

    /** Those that may hold datagrams: one is taken of each in turn. */
    private final ArrayDeque<ReceivingSocket> ready = new ArrayDeque<>();

    private final Consumer<SelectionKey> markReady = key -> ready.add((ReceivingSocket) key.attachment());
    private long followedNanos;
    private boolean tooManyTold;
    /** Others are about to be opened beside these, or have been: addresses are not followed any more. */
    private volatile boolean leaving;

    private volatile boolean closed;

    /** Takes charge of the channel: it is closed if this fails. */
    ReceiverSockets(UdpTransport transport, UdpPort port, DatagramChannel channel, boolean tells) throws IOException {
        this.transport = transport;
        this.port = port;
        this.listener = port.listener();
        this.channel = channel;
        this.tells = tells;
        try {
            this.selector = Selector.open();
            this.first = new ReceivingSocket(channel, selector);
        } catch (IOException ex) {
            channel.close();
            throw ex;
        }
        if (port.answersForAllAddresses()) {
            follow(false);
        }
    }

    boolean isOpen() {
        return !closed;
    }

    /** Waits until one holds a datagram, or it is woken; follows the addresses of this machine when it is time to. */
    void await() throws IOException {
        ready.clear();
        if (!port.answersForAllAddresses()) {
            selector.select(markReady);
            return;
        }
        selector.select(markReady, FOLLOWING.toMillis());
        if (System.nanoTime() - followedNanos >= FOLLOWING.toNanos()) {
            follow(tells);
        }
    }

    /** From now on only what has arrived is taken, by all of them. */
    void drain() throws IOException {
        ready.clear();
        ready.add(first);
        ready.addAll(others.values());
        for (ReceivingSocket each : ready) {
            each.drain();
        }
    }

    /** Lets others be opened beside these, or no longer. Any thread may call this. */
    synchronized void shareWithOthers(boolean allowed) throws IOException {
        leaving = allowed;
        if (!closed) {
            port.shareWithOthers(channel, allowed);
            for (ReceivingSocket each : others.values()) {
                port.shareWithOthers(each.channel(), allowed);
            }
        }
    }

    /** What is sent to a group does not come here any more. Any thread may call this. */
    synchronized void leaveGroup() throws IOException {
        if (!closed) {
            port.leaveGroup(channel);
        }
    }

    /** Returns the one whose turn it is; null if none holds a datagram. */
    @Nullable
    ReceivingSocket next() {
        ReceivingSocket next = ready.poll();
        if (next != null) {
            ready.add(next);
        }
        return next;
    }

    /** The one whose turn it was holds nothing more. */
    void exhausted() {
        ready.pollLast();
    }

    /** Has the thread look whether there is something else to do. */
    void wakeUp() {
        selector.wakeup();
    }

    private void follow(boolean tell) {
        followedNanos = System.nanoTime();
        if (leaving) {
            return;
        }
        try {
            Set<Local> locals = new LinkedHashSet<>();
            for (InetAddress each : transport.ownAddresses().machine().addresses()) {
                locals.add(Local.of(each));
            }
            follow(locals, tell);
        } catch (IOException ex) {
            log.debug("Listener '{}': the addresses of this machine cannot be listed", listener, ex);
        }
    }

    private void follow(Set<Local> locals, boolean tell) throws IOException {
        unbound.retainAll(locals);
        for (Local each : Set.copyOf(others.keySet())) {
            // What it holds is taken first: nothing more comes.
            if (!locals.contains(each) && !ready.contains(others.get(each))) {
                leave(each);
                if (tell) {
                    log.info("Listener '{}': address {} has gone", listener, each);
                }
            }
        }
        for (Local each : locals) {
            if (others.containsKey(each)) {
                continue;
            }
            if (others.size() == MOST_ADDRESSES) {
                tellTooMany(locals.size());
                return;
            }
            if (add(each) && tell) {
                log.info("Listener '{}': address {} has come", listener, each);
            }
        }
    }

    private synchronized boolean add(Local local) {
        if (closed || leaving) {
            return false;
        }
        try {
            others.put(local, new ReceivingSocket(port.openBeside(channel, local.address), selector));
            unbound.remove(local);
            return true;
        } catch (IOException ex) {
            if (unbound.add(local) && tells) {
                log.warn(
                        "Listener '{}': {} cannot be bound for itself yet ({}), so answers to what is sent there may"
                                + " leave from another address",
                        listener,
                        local,
                        ex.getMessage());
            }
            return false;
        }
    }

    private synchronized void leave(Local local) throws IOException {
        ReceivingSocket gone = others.remove(local);
        if (gone != null && !closed) {
            transport.retire(() -> {
                gone.close();
                // Until then the kernel has it.
                selector.selectNow(_ -> {});
            });
        }
    }

    private void tellTooMany(int addresses) {
        if (tells && !tooManyTold) {
            tooManyTold = true;
            log.warn(
                    "Listener '{}': this machine has {} addresses, and {} of them are bound for themselves. Answers to"
                        + " what is sent to the rest may leave from another address: name one as 'udp.address', in a"
                        + " listener for each",
                    listener,
                    addresses,
                    MOST_ADDRESSES);
        }
    }

    /** Sockets and selector, since the port is taken for as long as the selector knows them. */
    synchronized void close() {
        closed = true;
        first.close();
        others.values().forEach(ReceivingSocket::close);
        try {
            selector.close();
        } catch (IOException ex) {
            log.debug("Listener '{}': closing its sockets failed: {}", listener, ex.getMessage());
        }
    }
}
