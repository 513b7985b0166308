package dev.sluice.transport.udp;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.Waits;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
    private final UdpProperties properties;
    private final OwnAddresses ownAddresses;
    private final MemoryBudget memory;
    private final UdpInboundAdapter adapter = new UdpInboundAdapter();
    private final SourceTroubles troubles;
    /** What cuts datagrams; null if each is a message. It stays, however the settings change. */
    private final Framing.@Nullable Frames frames;
    /** Held while the sockets change whose drops are counted. */
    private final Object dropsLock = new Object();

    private List<DatagramReceiver> receivers = List.of();
    private volatile Bound bound = new Bound(null, 0);

    /** What is bound, if anything is, and what the kernel had dropped before. */
    private record Bound(@Nullable InetSocketAddress address, long droppedBefore) {}

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
        this.ownAddresses = ownAddresses;
        this.memory = memory;
        this.troubles = new SourceTroubles(listener);
        this.frames = settings.framing().toFramesOfDatagrams();
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
        List<DatagramReceiver> opened = new ArrayList<>();
        DatagramStream stream = new DatagramStream(listener);
        try {
            UdpPort port = new UdpPort(listener, properties);
            for (int i = 0; i < properties.receivers(); i++) {
                DatagramChannel channel = port.open();
                if (i == 0) {
                    bound = new Bound((InetSocketAddress) channel.getLocalAddress(), bound.droppedBefore());
                }
                ReceiverSockets sockets = new ReceiverSockets(this, port, channel, i == 0);
                opened.add(receiver(sockets, stream));
            }
        } catch (IOException | RuntimeException ex) {
            bound = new Bound(null, bound.droppedBefore());
            opened.forEach(DatagramReceiver::close);
            throw ex;
        }
        localAddress().ifPresent(ownAddresses::add);
        steering.begin();
        receivers = List.copyOf(opened);
        adapter.setReceivers(receivers);
    }

    private DatagramReceiver receiver(ReceiverSockets sockets, DatagramStream stream) {
        Waits waits = new Waits();
        ReplyGuard replyGuard = new ReplyGuard(properties.maxReplyFactor());
        DatagramAnswers answers =
                new DatagramAnswers(steering.settings(), adapter, waits, replyGuard, frames, memory.aside(), troubles);
        DatagramCutter cutter = frames == null ? null : new DatagramCutter(frames);
        return new DatagramReceiver(sockets, stream, steering, new DatagramGuard(ownAddresses), cutter, answers, waits);
    }

    @Override
    public Optional<InetSocketAddress> localAddress() {
        return Optional.ofNullable(bound.address());
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
        receivers.forEach(DatagramReceiver::wakeUp);
        steering.gate().open();
        try {
            awaitEnd(until);
        } finally {
            localAddress().ifPresent(ownAddresses::remove);
            unbind();
            receivers.forEach(DatagramReceiver::close);
            troubles.tellAllSuppressed();
        }
        for (DatagramReceiver receiver : receivers) {
            receiver.awaitEnd(CUT_OFF);
        }
    }

    private void awaitEnd(long until) throws InterruptedException {
        for (DatagramReceiver receiver : receivers) {
            if (!receiver.awaitEnd(Duration.ofNanos(Math.max(0, until - System.nanoTime())))) {
                log.warn("Listener '{}': its drain took too long; what is in progress is cut off", listener);
                return;
            }
        }
    }

    @Override
    public Traffic traffic() {
        return steering.settings().traffic();
    }

    @Override
    public Collection<? extends Connection> connections() {
        return List.of();
    }

    @Override
    public Optional<Connection> connection(String id) {
        return Optional.empty();
    }

    private void unbind() {
        synchronized (dropsLock) {
            bound = new Bound(null, datagramsDroppedByKernel().orElse(0L));
        }
    }

    /** Closes a socket while others have the port, and keeps what the kernel had dropped of it. */
    void retire(Closeable socket) throws IOException {
        synchronized (dropsLock) {
            long before = datagramsDroppedByKernel().orElse(0L);
            socket.close();
            Bound seen = bound;
            if (seen.address() != null) {
                long after = datagramsDroppedByKernel().orElse(0L);
                bound = new Bound(seen.address(), seen.droppedBefore() + Math.max(0, before - after));
            }
        }
    }

    @Override
    public FrameBuffer frame(byte[] payload) {
        FrameBuffer frame = new FrameBuffer();
        if (frames == null) {
            frame.append(payload);
        } else {
            frames.encode(payload, frame);
        }
        return frame;
    }

    @Override
    public Optional<Long> datagramsDroppedByKernel() {
        synchronized (dropsLock) {
            return dropsNow();
        }
    }

    private Optional<Long> dropsNow() {
        Bound seen = bound;
        InetSocketAddress address = seen.address();
        return address == null
                ? Optional.of(seen.droppedBefore())
                : KernelDrops.of(address.getPort()).map(now -> seen.droppedBefore() + now);
    }

    OwnAddresses ownAddresses() {
        return ownAddresses;
    }
}
