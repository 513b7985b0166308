package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.StreamIds;
import dev.sluice.transport.Attendant;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Expectation;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Waits;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
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
 * A connection that a virtual thread of its own serves from greeting to end: {@link Handshake} and {@link FrameLoop}
 * are what that thread does.
 *
 * <p>Deadlines are enforced by a sweep, see {@link Lifetime}; how it and operators end the connection, see {@link
 * Parting}.
 */
final class FramedConnection extends TcpNetConnection implements Connection, ConnectionTraffic.Drops {

    private static final Logger log = LoggerFactory.getLogger(FramedConnection.class);

    /** Of one who sends by way of Spring Integration. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TcpTransport transport;
    private final AcceptedSocket socket;
    private final String id = StreamIds.next();
    /** As precise as {@link #lastReadAt()}, or a connection could seem to have read before it was opened. */
    private final long openedAt = System.currentTimeMillis();

    private final Deadlines deadlines = new Deadlines();
    private final Waits waits = new Waits();
    private final ReplyWriter writer;
    private final Parting parting;
    private final Lifetime lifetime;
    private final Holding memory;
    private final Handshake handshake;
    private final ConnectionTraffic traffic;
    private final FramedAnswers answers;
    private final SocketPeer peer;

    /** What it began by, and goes by to its end. */
    private final Welcome welcome;

    /** Null as long as nothing has been asked. */
    private volatile @Nullable Polling polling;

    private final Bystanders bystanders;
    private final BoundIdentities bound = new BoundIdentities(this);

    private volatile boolean begun;
    private final AtomicBoolean ended = new AtomicBoolean();

    FramedConnection(TcpTransport transport, AcceptedSocket socket, @Nullable ApplicationEventPublisher events) {
        super(socket.accepted(), true, false, events, transport.listener());
        Steering steering = transport.steering();
        this.transport = transport;
        this.socket = socket;
        this.writer = new ReplyWriter(socket.socket(), steering, deadlines, this::origin);
        this.parting = new Parting(this, socket, writer, deadlines, waits);
        this.lifetime = new Lifetime(steering, socket, deadlines, parting, waits);
        this.memory = transport.memory().open(lifetime, MemoryBudget.CONNECTION);
        Origin origin = new Origin(transport.listener(), id, id, socket.peer());
        this.handshake = new Handshake(socket, origin, deadlines, memory, this::tell);
        this.welcome = transport.welcome();
        this.bystanders = new Bystanders(steering.tap(), steering.settings().newFrameTraces());
        this.traffic = new ConnectionTraffic(steering, this, openedAt);
        this.answers = new FramedAnswers(
                steering.settings(), transport.inlet(), waits, welcome.framing(), writer, traffic, memory);
        this.peer = new SocketPeer(steering, socket, handshake, parting, answers, bound);
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
                transport.entrance().established(this);
                Reason.Closed unwanted = identify();
                if (unwanted == null) {
                    greet();
                    bound.announce();
                    reason = newLoop().run(socket.input());
                } else {
                    reason = unwanted;
                }
            }
        } catch (IOException ex) {
            transport.entrance().broke(this, ex);
            log.debug("Listener '{}': connection {} broke: {}", listener(), id, ex.getMessage());
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': connection {} failed", listener(), id, ex);
            reason = Reason.Closed.FAILED;
        } finally {
            leave(reason);
        }
    }

    /** Returns why the peer is not served, as far as that depends on how it connected; null if it is. */
    private Reason.@Nullable Closed identify() {
        // Since it was let in, the lists may have changed, and whoever closed those that had no place in them passed
        // by.
        if (!transport.entrance().admits(this, transport.steering().settings().access())) {
            return Reason.Closed.ACCESS_DENIED;
        }
        waits.enter();
        try {
            Peer.End refusal = peer.connected();
            return refusal == null ? null : Reason.Closed.of(refusal);
        } finally {
            waits.leave();
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
        if (welcome.greeting().size() > 0) {
            lifetime.passGate();
            writer.write(welcome.greeting(), 0);
        }
    }

    private FrameLoop newLoop() {
        Framing framing = welcome.framing();
        boolean anyBytes = framing instanceof Framing.Raw || framing instanceof Framing.UntilClose;
        return new FrameLoop(
                this, transport.steering(), transport::openConnections, framing, memory, !socket.isTls() && !anyBytes);
    }

    /**
     * Why there is no TLS. Not whether it is open: a handshake that fails closes the socket, and is the peer's trouble.
     */
    private void tell(TlsTrouble trouble, IOException ex) {
        if (!parting.hasBegun()) {
            transport.entrance().tlsFailed(this, trouble, ex);
        }
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            bound.releaseAll();
            bystanders.end();
            memory.end();
            transport.ended(this, socket.entry(), parting.reason());
        }
    }

    // What the connection's thread does

    SocketPeer peer() {
        return peer;
    }

    Lifetime lifetime() {
        return lifetime;
    }

    ConnectionTraffic traffic() {
        return traffic;
    }

    FramedAnswers answers() {
        return answers;
    }

    /** What the peer is asked; null if nothing has been yet. */
    @Nullable
    Polling polling() {
        return polling;
    }

    /** Asks the peer what is due by now. */
    void poll(long now) {
        Polling asked = polling;
        if (asked == null) {
            asked = new Polling(this, transport.steering());
            polling = asked;
        }
        asked.look(now);
    }

    /** Those that it has said to be. */
    BoundIdentities identities() {
        return bound;
    }

    /** Who else minds what the peer says. */
    Bystanders bystanders() {
        return bystanders;
    }

    @Override
    public void dropped(Reason.Dropped reason, @Nullable String problem) {
        transport.troubles().dropped(reason, problem, remote());
    }

    @Override
    public void rejected(Reason.Dropped reason, @Nullable String problem, int length, byte[] beginning) {
        transport.steering().settings().rejected(reason, problem, origin(), length, beginning);
    }

    // What others do

    @Override
    public boolean expect(Expectation expectation) {
        return bystanders.add(expectation);
    }

    @Override
    public Optional<Attendant> attendant() {
        return bystanders.attendant();
    }

    @Override
    public Attendant attendedBy(Attendant newcomer) {
        return bystanders.attendedBy(newcomer);
    }

    @Override
    public void forget(Expectation expectation) {
        bystanders.remove(expectation);
    }

    /** Returns whether it is let in, so that it is anybody's business. */
    boolean isIn() {
        return socket.isIn();
    }

    /** Returns whether it is a proxy's own, and no other's that the proxy passes on. */
    boolean isProxysOwn() {
        return socket.isProxysOwn();
    }

    Welcome welcome() {
        return welcome;
    }

    /** Closes without any leave: the listener's time is over. */
    void cutOff() {
        parting.cutOff();
    }

    @Override
    public Framing framing() {
        return welcome.framing();
    }

    @Override
    public Written write(FrameBuffer frame, Duration patience) {
        return writer.send(frame, patience);
    }

    @Override
    public void send(Message<?> message) {
        if (!(message.getPayload() instanceof byte[] payload) || !send(frame(payload), PATIENCE)) {
            throw new IllegalStateException("Connection " + id + " cannot send " + message);
        }
    }

    @Override
    public void close(Reason.Closed reason) {
        parting.close(reason);
    }

    /** Closes the socket; the thread, if it has begun, then ends the connection. */
    @Override
    public void close() {
        try {
            super.close();
        } finally {
            waits.cutShort();
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
    public Counts counts() {
        return new Counts(traffic.messages(), writer.messages(), traffic.bytes(), writer.bytes());
    }
}
