package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.memory.Holder;
import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Origin;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.StreamIds;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import dev.sluice.transport.framing.FrameBuffer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
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
 * <p>Deadlines are enforced by a sweep, see {@link Lifetime}; it and operators end the connection by closing the socket under
 * its thread, having set the reason.
 */
final class FramedConnection extends TcpNetConnection implements Connection, Holder {

    private static final Logger log = LoggerFactory.getLogger(FramedConnection.class);

    /** Of one who sends by way of Spring Integration. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TcpTransport transport;
    private final AcceptedSocket socket;
    private final String id = StreamIds.next();
    private final Instant openedAt = Instant.now();

    private final Deadlines deadlines = new Deadlines();
    private final Lifetime lifetime;
    private final Holding memory;
    private final Handshake handshake;
    private final ConnectionTraffic traffic;
    private final ReplyWriter writer;
    /** Null where nothing is limited. */
    private final @Nullable Throttle throttle;

    private final AtomicReference<Reason.@Nullable Closed> closing = new AtomicReference<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private boolean failedUnanswered;

    FramedConnection(TcpTransport transport, AcceptedSocket socket, @Nullable ApplicationEventPublisher events) {
        super(socket.accepted(), true, false, events, transport.settings().listener());
        this.transport = transport;
        this.socket = socket;
        this.lifetime = new Lifetime(transport, this, deadlines);
        this.memory = transport.settings().memory().open(this, MemoryBudget.CONNECTION);
        this.handshake = new Handshake(transport, socket, id, deadlines, memory, () -> closing.get() != null);
        this.traffic = new ConnectionTraffic(
                transport.traffic(),
                (reason, problem) -> transport.troubles().dropped(reason, problem, remote()),
                openedAt);
        this.writer = new ReplyWriter(socket.socket(), transport.framing(), transport.traffic(), deadlines, memory);
        this.throttle = Throttle.of(transport.settings().limits(), () -> lifetime.isEnding() || isClosing());
    }

    @Override
    public void run() {
        begun.set(true);
        if (ended.get()) {
            return;
        }
        Reason.Closed reason = Reason.Closed.BROKEN;
        try {
            publishConnectionOpenEvent();
            Reason.Closed refused = handshake.run();
            if (refused == null) {
                greet();
                reason = new FrameLoop(transport, this).run(socket.input());
                part(reason);
            } else {
                reason = refused;
            }
        } catch (IOException ex) {
            log.debug("Listener '{}': connection {} broke: {}", listener(), id, ex.getMessage());
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': connection {} failed", listener(), id, ex);
            reason = Reason.Closed.FAILED;
        } finally {
            closing.compareAndSet(null, reason);
            try {
                close();
            } catch (RuntimeException | Error ex) {
                Halt.onOutOfMemory(ex);
                log.error("Listener '{}': closing connection {} failed", listener(), id, ex);
            } finally {
                end();
            }
        }
    }

    private void greet() throws IOException {
        if (transport.greeting().length > 0) {
            transport.gate().pass();
            writer.greet(transport.greeting());
        }
    }

    private void part(Reason.Closed reason) throws IOException {
        if (reason != Reason.Closed.PEER) {
            writer.end();
            socket.linger();
        } else if (socket.isTls()) {
            // So that the peer knows that nothing was cut off (RFC 8446, section 6.1).
            writer.end();
        }
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            memory.end();
            Reason.Closed reason = closing.get();
            transport.ended(this, socket.entry(), reason == null ? Reason.Closed.BROKEN : reason);
        }
    }

    // What the connection's thread does

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

    @Nullable
    Throttle throttle() {
        return throttle;
    }

    /** Whether somebody closes it, so that nothing more can be read. */
    boolean isClosing() {
        return closing.get() != null || !isOpen();
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
        if (closing.compareAndSet(null, reason)) {
            try {
                if (reason == Reason.Closed.WRITE_TIMEOUT || reason == Reason.Closed.MEMORY) {
                    socket.resetOnClose();
                }
            } catch (IOException ex) {
                log.trace("Closing a connection that has ended", ex);
            }
            close();
        }
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
            wake();
            if (!begun.get()) {
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
        return openedAt;
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
