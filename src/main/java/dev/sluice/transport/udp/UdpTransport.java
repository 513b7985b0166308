package dev.sluice.transport.udp;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Tap;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportChange;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.Waits;
import dev.sluice.transport.framing.Framing;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.integration.endpoint.MessageProducerSupport;

/**
 * A UDP port: its receivers have a platform thread each, since a thread that only receives gains nothing by being
 * virtual.
 */
public final class UdpTransport implements Transport {

    private static final Logger log = LoggerFactory.getLogger(UdpTransport.class);

    /** How long the threads of receivers that were cut off at a deadline have to notice. */
    private static final Duration CUT_OFF = Duration.ofMillis(250);

    private final String listener;
    private final Steering steering;
    private final OwnAddresses ownAddresses;
    private final MemoryBudget memory;
    private final UdpInboundAdapter adapter = new UdpInboundAdapter();
    private final SourceTroubles troubles;
    /** Those that the next one is bound by. */
    private volatile UdpProperties properties;

    private volatile DatagramStream stream;
    /** Null while nothing is bound. */
    private volatile @Nullable Reception current;
    /** Those whose place others have taken, and that still read what had arrived. */
    private final Set<Reception> leaving = ConcurrentHashMap.newKeySet();
    /** Held while the sockets change whose drops are counted. */
    private final Object dropsLock = new Object();

    /** What the kernel had dropped of sockets that are closed. */
    private long droppedBefore;

    /** @param ownAddresses those of all listeners, which this one adds its own to while it is bound */
    public UdpTransport(
            String listener,
            TransportSettings settings,
            UdpProperties properties,
            OwnAddresses ownAddresses,
            MemoryBudget memory) {
        this.listener = listener;
        this.steering = new Steering(settings);
        this.properties = properties;
        Framing.Frames _ = settings.framing().toFramesOfDatagrams();
        this.ownAddresses = ownAddresses;
        this.memory = memory;
        this.troubles = new SourceTroubles(listener);
        this.stream = new DatagramStream(listener);
    }

    @Override
    public String name() {
        return "udp";
    }

    @Override
    public MessageProducerSupport adapter() {
        return adapter;
    }

    @Override
    public void bind() throws IOException {
        stream = new DatagramStream(listener);
        Reception opened = open(properties, number(properties), false);
        current = opened;
        ownAddresses.add(opened.address());
        steering.begin();
        adapter.setReceivers(opened.receivers());
    }

    /** Returns the port to bind; 0 is any free one. */
    static int number(UdpProperties properties) {
        return properties.port() == null ? 0 : properties.port();
    }

    /**
     * Binds, and does not read yet.
     *
     * @param beside whether sockets of ours still have the port, which share it
     */
    Reception open(UdpProperties by, int number, boolean beside) throws IOException {
        UdpPort port = new UdpPort(listener, by, number, beside);
        return Reception.open(this, port, by.receivers(), (sockets, afterEnd) -> receiver(by, sockets, afterEnd));
    }

    private DatagramReceiver receiver(UdpProperties by, ReceiverSockets sockets, Runnable afterEnd) {
        Waits waits = new Waits();
        ReplyGuard replyGuard = new ReplyGuard(by.maxReplyFactor());
        DatagramAnswers answers =
                new DatagramAnswers(steering.settings(), adapter, waits, replyGuard, memory.aside(), troubles);
        return new DatagramReceiver(
                sockets, stream, steering, new DatagramGuard(ownAddresses), answers, waits, afterEnd);
    }

    /**
     * Prepares that it serves by other settings and properties. Where these need other sockets, the old ones read what
     * has arrived by then, and answer it, before they are closed.
     *
     * @param heldByUs whether this process holds a port
     * @throws IOException if the port cannot be had, unless it is one that this process holds and may let go
     */
    public TransportChange change(TransportSettings settings, UdpProperties changed, IntPredicate heldByUs)
            throws IOException {
        // Throws if these are none.
        Framing.Frames _ = settings.framing().toFramesOfDatagrams();
        return new UdpChange(this, settings, changed, current, heldByUs);
    }

    UdpProperties properties() {
        return properties;
    }

    Steering steering() {
        return steering;
    }

    void serveBy(TransportSettings settings, UdpProperties changed) {
        properties = changed;
        steering.serveBy(settings);
    }

    /** Receives by this one from now on. */
    void receiveBy(Reception next) {
        current = next;
        ownAddresses.add(next.address());
        adapter.goOnBy(next.receivers());
    }

    /** Others have taken the place of this one, or are about to. */
    void leave(Reception former) {
        leaving.add(former);
        if (current == former) {
            current = null;
        }
        former.leave();
    }

    /** All that had arrived is read. Called by a thread of its own. */
    void hasLeft(Reception former) {
        synchronized (dropsLock) {
            if (leaving.contains(former)) {
                long before = dropsNow().orElse(0L);
                former.close();
                leaving.remove(former);
                droppedBefore += Math.max(0, before - dropsNow().orElse(0L));
                ownAddresses.remove(former.address());
            }
        }
    }

    @Override
    public Optional<InetSocketAddress> localAddress() {
        return Optional.ofNullable(current).map(Reception::address);
    }

    @Override
    public void pause() {
        steering.gate().close();
    }

    @Override
    public void resume() {
        steering.gate().open();
    }

    @Override
    public void drain(Duration deadline) throws InterruptedException {
        long until = System.nanoTime() + deadline.toNanos();
        steering.drain();
        List<Reception> all = all();
        all.forEach(Reception::wakeUp);
        steering.gate().open();
        try {
            awaitEnd(all, until);
        } finally {
            unbind(all);
            troubles.tellAllSuppressed();
        }
        long cutOff = System.nanoTime() + CUT_OFF.toNanos();
        for (Reception each : all) {
            boolean _ = each.awaitEnd(cutOff);
        }
    }

    private void awaitEnd(List<Reception> all, long until) throws InterruptedException {
        for (Reception each : all) {
            if (!each.awaitEnd(until)) {
                log.warn("Listener '{}': its drain took too long; what is in progress is cut off", listener);
                return;
            }
        }
    }

    /** Returns all that have sockets open. */
    private List<Reception> all() {
        return Stream.concat(Stream.ofNullable(current), leaving.stream())
                .distinct()
                .toList();
    }

    @Override
    public Traffic traffic() {
        return steering.settings().traffic();
    }

    @Override
    public Tap tap() {
        return steering.tap();
    }

    @Override
    public Collection<? extends Connection> connections() {
        return List.of();
    }

    @Override
    public Optional<Connection> connection(String id) {
        return Optional.empty();
    }

    private void unbind(List<Reception> all) {
        synchronized (dropsLock) {
            all().forEach(each -> ownAddresses.remove(each.address()));
            droppedBefore = dropsNow().orElse(0L);
            current = null;
            leaving.clear();
        }
        all.forEach(Reception::close);
    }

    /** Closes a socket while others have the port, and keeps what the kernel had dropped of it. */
    void retire(Closeable socket) throws IOException {
        synchronized (dropsLock) {
            long before = dropsNow().orElse(0L);
            socket.close();
            droppedBefore += Math.max(0, before - dropsNow().orElse(0L));
        }
    }

    @Override
    public Optional<Long> datagramsDroppedByKernel() {
        synchronized (dropsLock) {
            return dropsNow();
        }
    }

    private Optional<Long> dropsNow() {
        long drops = droppedBefore;
        for (int port : all().stream()
                .mapToInt(each -> each.address().getPort())
                .distinct()
                .toArray()) {
            Optional<Long> ofPort = KernelDrops.of(port);
            if (ofPort.isEmpty()) {
                return ofPort;
            }
            drops += ofPort.get();
        }
        return Optional.of(drops);
    }

    OwnAddresses ownAddresses() {
        return ownAddresses;
    }
}
