package dev.sluice.transport.udp;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.message.StreamIds;
import dev.sluice.transport.Connection;
import dev.sluice.transport.PauseGate;
import dev.sluice.transport.Reason;
import dev.sluice.transport.SuppressingLog;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.framing.FrameBuffer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
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

    private final TransportSettings settings;
    private final UdpProperties properties;
    private final OwnAddresses ownAddresses;
    private final Traffic traffic = new Traffic();
    private final PauseGate gate = new PauseGate();
    private final UdpInboundAdapter adapter = new UdpInboundAdapter();
    private final AtomicLong sequence = new AtomicLong();
    private final SuppressingLog<Reason.Dropped> dropLog;
    private final SuppressingLog<Reason.Withheld> withheldLog;
    /** Held while the sockets change whose drops are counted. */
    private final Object dropsLock = new Object();

    private List<DatagramReceiver> receivers = List.of();
    private volatile Bound bound = new Bound(null, 0);

    /** What is bound, if anything is, and what the kernel had dropped before. */
    private record Bound(@Nullable InetSocketAddress address, long droppedBefore) {}

    /** @param ownAddresses those of all listeners, which this one adds its own to while it is bound */
    public UdpTransport(TransportSettings settings, UdpProperties properties, OwnAddresses ownAddresses) {
        this.settings = settings;
        this.properties = properties;
        this.ownAddresses = ownAddresses;
        this.dropLog = new SuppressingLog<>(log, settings.listener());
        this.withheldLog = new SuppressingLog<>(log, settings.listener());
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
        String stream = StreamIds.next();
        try {
            UdpPort port = new UdpPort(settings.listener(), properties);
            for (int i = 0; i < properties.receivers(); i++) {
                DatagramChannel channel = port.open();
                if (i == 0) {
                    bound = new Bound((InetSocketAddress) channel.getLocalAddress(), bound.droppedBefore());
                }
                ReceiverSockets sockets = new ReceiverSockets(this, port, channel, i == 0);
                opened.add(new DatagramReceiver(this, sockets, stream, sequence));
            }
        } catch (IOException | RuntimeException ex) {
            bound = new Bound(null, bound.droppedBefore());
            opened.forEach(DatagramReceiver::close);
            throw ex;
        }
        localAddress().ifPresent(ownAddresses::add);
        sequence.set(0);
        gate.open();
        receivers = List.copyOf(opened);
        adapter.setReceivers(receivers);
    }

    @Override
    public Optional<InetSocketAddress> localAddress() {
        return Optional.ofNullable(bound.address());
    }

    @Override
    public void pause() {
        gate.close();
    }

    @Override
    public void resume() {
        gate.open();
    }

    @Override
    public void drain(Duration deadline) throws InterruptedException {
        long until = System.nanoTime() + deadline.toNanos();
        for (DatagramReceiver receiver : receivers) {
            receiver.drain();
        }
        gate.open();
        try {
            awaitEnd(until);
        } finally {
            localAddress().ifPresent(ownAddresses::remove);
            unbind();
            receivers.forEach(DatagramReceiver::close);
            dropLog.tellAllSuppressed();
            withheldLog.tellAllSuppressed();
        }
        for (DatagramReceiver receiver : receivers) {
            receiver.awaitEnd(CUT_OFF);
        }
    }

    private void awaitEnd(long until) throws InterruptedException {
        for (DatagramReceiver receiver : receivers) {
            if (!receiver.awaitEnd(Duration.ofNanos(Math.max(0, until - System.nanoTime())))) {
                log.warn("Listener '{}': its drain took too long; what is in progress is cut off", settings.listener());
                return;
            }
        }
    }

    @Override
    public Traffic traffic() {
        return traffic;
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
        frame.append(payload);
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

    @Nullable
    ReceivedMessage handOn(ReceivedMessage message) {
        return adapter.handOn(message);
    }

    TransportSettings settings() {
        return settings;
    }

    OwnAddresses ownAddresses() {
        return ownAddresses;
    }

    int maxReplyFactor() {
        return properties.maxReplyFactor();
    }

    SuppressingLog<Reason.Dropped> dropLog() {
        return dropLog;
    }

    SuppressingLog<Reason.Withheld> withheldLog() {
        return withheldLog;
    }

    PauseGate gate() {
        return gate;
    }
}
