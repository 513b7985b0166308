package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.memory.Holder;
import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Handling;
import dev.sluice.message.Origin;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.message.StreamIds;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Waits;
import dev.sluice.transport.framing.FrameBuffer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.ip.tcp.connection.TcpNetConnection;
import org.springframework.messaging.Message;

/**
 * A connection that a virtual thread of its own serves from greeting to end: {@link Handshake} and {@link FrameLoop} are
 * what that thread does.
 *
 * <p>Deadlines are enforced by a sweep, see {@link Lifetime}; how it and operators end the connection, see {@link Parting}.
 */
final class FramedConnection extends TcpNetConnection implements Connection, Holder {

    private static final Logger log = LoggerFactory.getLogger(FramedConnection.class);

    /** Of one who sends by way of Spring Integration. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TcpTransport transport;
    private final AcceptedSocket socket;
    private final String id = StreamIds.next();
    /** As precise as {@link #lastReadAt()}, or a connection could seem to have read before it was opened. */
    private final long openedAt = System.currentTimeMillis();

    private final Deadlines deadlines = new Deadlines();
    private final Lifetime lifetime;
    private final Holding memory;
    private final Handshake handshake;
    private final ConnectionTraffic traffic;
    private final ReplyWriter writer;
    private final Parting parting;
    private final Waits waits = new Waits();
    /** Null where nothing is limited. */
    private final @Nullable Throttle throttle;

    private volatile boolean begun;
    private final AtomicBoolean ended = new AtomicBoolean();
    private boolean failedUnanswered;

    FramedConnection(TcpTransport transport, AcceptedSocket socket, @Nullable ApplicationEventPublisher events) {
        super(socket.accepted(), true, false, events, transport.listener());
        this.transport = transport;
        this.socket = socket;
        this.lifetime = new Lifetime(transport, this, deadlines);
        this.memory = transport.memory().open(this, MemoryBudget.CONNECTION);
        this.writer = new ReplyWriter(socket.socket(), transport.framing(), transport.traffic(), deadlines, memory);
        this.parting = new Parting(this, socket, writer, deadlines);
        // Not whether it is open: a handshake that fails closes the socket, and is the peer's trouble.
        this.handshake = new Handshake(transport, socket, id, deadlines, memory, parting::hasBegun);
        this.traffic = new ConnectionTraffic(
                transport.traffic(),
                (reason, problem) -> transport.troubles().dropped(reason, problem, remote()),
                openedAt);
        this.throttle = Throttle.of(transport.settings().limits(), () -> lifetime.isEnding() || isClosing());
    }

    @Override
    public void run() {
        begun = true;
        if (ended.get()) {
            return;
        }
        Reason.Closed reason = Reason.Closed.BROKEN;
        try {
            publishConnectionOpenEvent();
            Reason.Closed refused = handshake.run();
            if (refused != null) {
                reason = refused;
            } else {
                // Not in a method of its own: its frame would be part of what each quiet connection keeps.
                parting.handshakeEnded();
                greet();
                reason = new FrameLoop(transport, this).run(socket.input());
            }
        } catch (IOException ex) {
            log.debug("Listener '{}': connection {} broke: {}", listener(), id, ex.getMessage());
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': connection {} failed", listener(), id, ex);
            reason = Reason.Closed.FAILED;
        } finally {
            leave(reason);
        }
    }

    private void leave(Reason.Closed reason) {
        try {
            try {
                parting.part(reason);
            } finally {
                parting.begin(reason);
                close();
            }
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': closing connection {} failed", listener(), id, ex);
        } finally {
            end();
        }
    }

    private void greet() throws IOException {
        if (transport.greeting().length > 0) {
            passGate();
            writer.greet(transport.greeting());
        }
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            memory.end();
            transport.ended(this, socket.entry(), parting.reason());
        }
    }

    // What the connection's thread does

    /** The peer that the kernel knows of, which may be a proxy. */
    InetSocketAddress accepted() {
        return (InetSocketAddress) socket.accepted().getRemoteSocketAddress();
    }

    boolean isTls() {
        return socket.isTls();
    }

    /** Those of all its messages. */
    PeerHeaders headers() {
        return handshake.headers();
    }

    Lifetime lifetime() {
        return lifetime;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    ConnectionTraffic traffic() {
        return traffic;
    }

    Holding memory() {
        return memory;
    }

    ReplyWriter writer() {
        return writer;
    }

    /** What its thread may wait for besides its socket. */
    Waits waits() {
        return waits;
    }

    /**
     * Waits while the listener is paused.
     *
     * @throws SocketException if somebody closes the connection, which may have been meanwhile
     */
    void passGate() throws SocketException {
        transport.steering().gate().pass(waits);
        if (isClosing()) {
            throw new SocketException("Socket closed");
        }
    }

    /** Hands a message on to somebody who may take long. Returns the message that was handled, as {@link Inlet} does. */
    @Nullable
    ReceivedMessage handOn(ReceivedMessage message) {
        waits.enter();
        try {
            return transport.handOn(message);
        } finally {
            waits.leave();
        }
    }

    @Nullable
    Throttle throttle() {
        return throttle;
    }

    /** Whether somebody closes it, so that nothing more can be read. */
    boolean isClosing() {
        return parting.hasBegun() || !isOpen();
    }

    @Override
    public Handling handling() {
        return transport.settings().handling();
    }

    @Override
    public void reply(byte[] payload) {
        writer.reply(payload);
    }

    @Override
    public void fail(byte @Nullable [] answer) {
        if (answer == null) {
            endUnanswered();
        } else {
            reply(answer);
        }
        // Last, since an answer that cannot be framed leaves the message to be failed once more, without one.
        traffic.failed();
    }

    /** A message has no answer though its peer waits for one. */
    void endUnanswered() {
        failedUnanswered = true;
    }

    /** Whether a message failed that has no answer, so that the connection has to end. */
    boolean failedUnanswered() {
        return failedUnanswered;
    }

    // What others do

    /** Whether it is let in, so that it is anybody's business. */
    boolean isIn() {
        return handshake.isIn();
    }

    /** If its thread waits because it is over its rate, that looks whether it still has to. */
    void wake() {
        if (throttle != null) {
            throttle.wake();
        }
    }

    /** Its thread goes on, whatever it waits for besides its socket. */
    void cutWaitsShort() {
        waits.cutShort();
        wake();
    }

    @Override
    public boolean send(FrameBuffer frame, Duration patience) {
        try {
            return writer.send(frame, patience);
        } catch (IOException ex) {
            return false;
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void send(Message<?> message) {
        if (!(message.getPayload() instanceof byte[] payload) || !send(transport.frame(payload), PATIENCE)) {
            throw new IllegalStateException("Connection " + id + " cannot send " + message);
        }
    }

    @Override
    public void close(Reason.Closed reason) {
        parting.close(reason);
    }

    /** Closes without any leave: the listener's time is over. */
    void cutOff() {
        parting.begin(Reason.Closed.STOPPED);
        close();
    }

    @Override
    public long waitsSince() {
        return deadlines.waitsSince();
    }

    @Override
    public boolean isOwed() {
        return deadlines.isOwed();
    }

    @Override
    public void closeForMemory() {
        close(Reason.Closed.MEMORY);
    }

    /** Closes the socket; the thread, if it has begun, then ends the connection. */
    @Override
    public void close() {
        try {
            super.close();
        } finally {
            cutWaitsShort();
            if (!begun) {
                end();
            }
        }
    }

    @Override
    public String getConnectionId() {
        return id;
    }

    @Override
    public Origin origin() {
        return handshake.origin();
    }

    @Override
    public Optional<String> tlsSubject() {
        return Optional.ofNullable(handshake.tlsSubject());
    }

    @Override
    public Instant openedAt() {
        return Instant.ofEpochMilli(openedAt);
    }

    @Override
    public Instant lastReadAt() {
        return Instant.ofEpochMilli(traffic.lastReadAt());
    }

    @Override
    public long messagesIn() {
        return traffic.messages();
    }

    @Override
    public long messagesOut() {
        return writer.messages();
    }

    @Override
    public long bytesIn() {
        return traffic.bytes();
    }

    @Override
    public long bytesOut() {
        return writer.bytes();
    }
}
