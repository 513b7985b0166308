package dev.sluice.transport.tcp;

import dev.sluice.message.Origin;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.StreamIds;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.integration.ip.tcp.connection.TcpNetConnection;
import org.springframework.messaging.Message;

/**
 * A connection that a virtual thread of its own serves from greeting to end; {@link FrameLoop} is what that thread does.
 *
 * <p>Deadlines are enforced by a sweep; it and operators end the connection by closing the socket under its thread, having
 * set the reason.
 */
@SuppressWarnings("NonAtomicVolatileUpdate")
final class FramedConnection extends TcpNetConnection implements Connection {

    private static final Logger log = LoggerFactory.getLogger(FramedConnection.class);

    private static final int LINGER_QUIET_MILLIS = 200;
    private static final long MOST_LINGER_NANOS = 1_000_000_000L;

    private final TcpTransport transport;
    /** What the kernel knows of. */
    private final Socket accepted;
    /** What is read and written: the same, or TLS over it. */
    private final Socket socket;

    private final String id = StreamIds.next();
    /** Null where it was let in as soon as it was accepted. */
    private final @Nullable ProxiedEntry entry;
    /** Until a proxy has told whose the connection is, the proxy's. */
    private volatile Origin origin;

    private PeerHeaders headers;
    private final Deadlines deadlines = new Deadlines();
    private final ReplyWriter writer;
    /** Null where nothing is limited. */
    private final @Nullable Throttle throttle;

    private final AtomicReference<Reason.@Nullable Closed> closing = new AtomicReference<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Instant openedAt = Instant.now();
    private final long openedNanos = System.nanoTime();
    /** Has reached its greatest age. */
    private volatile boolean expired;

    // Written by the connection's thread, read by anyone.
    private volatile long lastReadAt = openedAt.toEpochMilli();
    private volatile long messagesIn;
    private volatile long bytesIn;
    private volatile @Nullable String tlsSubject;

    private int failures;
    private boolean failedUnanswered;

    /**
     * @param accepted what is closed
     * @param socket what is read and written: the same, or TLS over it
     * @param entry by which it has to get in first, if it comes by way of a proxy
     */
    FramedConnection(
            TcpTransport transport,
            Socket accepted,
            Socket socket,
            @Nullable ProxiedEntry entry,
            @Nullable ApplicationEventPublisher events) {
        super(accepted, true, false, events, transport.settings().listener());
        this.transport = transport;
        this.accepted = accepted;
        this.socket = socket;
        this.entry = entry;
        this.origin = new Origin(
                transport.settings().listener(), id, id, (InetSocketAddress) accepted.getRemoteSocketAddress());
        this.writer = new ReplyWriter(socket, transport.framing(), transport.traffic(), deadlines);
        this.throttle = Throttle.of(transport.settings().limits(), () -> isEnding() || isClosing());
        this.headers = headers(origin);
    }

    private static PeerHeaders headers(Origin origin) {
        String address = origin.remote().getAddress().getHostAddress();
        return new PeerHeaders(Map.of(
                IpHeaders.CONNECTION_ID, origin.connection(),
                IpHeaders.HOSTNAME, address,
                IpHeaders.IP_ADDRESS, address,
                IpHeaders.REMOTE_PORT, origin.remote().getPort(),
                PeerHeaders.LISTENER, origin.listener()));
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
            if (entry != null && !getIn(entry)) {
                reason = Reason.Closed.PEER;
                return;
            }
            Reason.Closed refused = handshake();
            if (refused == null) {
                greet();
                reason = new FrameLoop(transport, this).run(input());
                part(reason);
            } else {
                reason = refused;
            }
        } catch (IOException ex) {
            log.debug("Listener '{}': connection {} broke: {}", listener(), id, ex.getMessage());
        } catch (RuntimeException | Error ex) {
            log.error("Listener '{}': connection {} failed", listener(), id, ex);
            reason = Reason.Closed.FAILED;
        } finally {
            closing.compareAndSet(null, reason);
            try {
                close();
            } catch (RuntimeException | Error ex) {
                log.error("Listener '{}': closing connection {} failed", listener(), id, ex);
            } finally {
                end();
            }
        }
    }

    /** Answers whether the connection is let in, once a proxy has told whose it is. */
    private boolean getIn(ProxiedEntry entry) throws IOException {
        deadlines.beginHandshake();
        InetSocketAddress source = entry.await();
        if (source == null) {
            return false;
        }
        origin = new Origin(listener(), id, id, source);
        headers = headers(origin);
        if (!isTls()) {
            deadlines.endHandshake();
        }
        return true;
    }

    private InputStream input() throws IOException {
        return entry == null || isTls() ? socket.getInputStream() : entry.input();
    }

    /** Answers why the connection cannot be used; null if it can. */
    private Reason.@Nullable Closed handshake() throws IOException {
        if (!(socket instanceof SSLSocket tls)) {
            return null;
        }
        deadlines.beginHandshake();
        try {
            tls.startHandshake();
            TlsPort.refuseRenegotiation(tls);
            String subject = PeerCertificate.subject(tls);
            if (subject != null) {
                tlsSubject = subject;
                headers = headers.with(PeerHeaders.TLS_SUBJECT, subject);
            }
            return null;
        } catch (SSLException | SocketException ex) {
            return refused(ex);
        } finally {
            deadlines.endHandshake();
        }
    }

    private Reason.Closed refused(IOException ex) {
        if (TlsInput.hasSaidNothing(ex)) {
            // So do those who only look whether the port is open.
            return ex instanceof SSLException ? Reason.Closed.PEER : Reason.Closed.BROKEN;
        }
        TlsTrouble trouble = TlsTrouble.of(ex);
        if (closing.get() == null) {
            transport.tlsTroubles().warn(trouble, () -> trouble.describe(remote(), ex));
        }
        return trouble.closed();
    }

    private void greet() throws IOException {
        if (transport.greeting().length > 0) {
            transport.gate().pass();
            writer.greet(transport.greeting());
        }
    }

    private void part(Reason.Closed reason) throws IOException {
        if (reason != Reason.Closed.PEER) {
            linger();
        } else if (isTls()) {
            // So that the peer knows that nothing was cut off (RFC 8446, section 6.1).
            writer.end();
        }
    }

    boolean isTls() {
        return socket instanceof SSLSocket;
    }

    /**
     * Ends our side and reads on for a moment without looking: closing with bytes unread would reset the connection, and the
     * answers on their way with it. Not by TLS, which would wait for the rest of whatever has begun to come.
     */
    private void linger() throws IOException {
        writer.end();
        accepted.setSoTimeout(LINGER_QUIET_MILLIS);
        byte[] unread = new byte[ReadBuffer.SMALL];
        long until = System.nanoTime() + MOST_LINGER_NANOS;
        try {
            while (System.nanoTime() < until && accepted.getInputStream().read(unread) >= 0) {}
        } catch (SocketTimeoutException ex) {
            // The peer is quiet, and has had the time to take what was sent.
        }
    }

    // What the connection's thread does

    PeerHeaders headers() {
        return headers;
    }

    /** The peer speaks TLS to a port that does not. */
    Reason.Closed refuseTls() {
        transport.tlsTroubles().warn(TlsTrouble.UNEXPECTED_TLS, () -> TlsTrouble.UNEXPECTED_TLS.describe(remote()));
        return TlsTrouble.UNEXPECTED_TLS.closed();
    }

    @Nullable
    Throttle throttle() {
        return throttle;
    }

    /** Whether to end it once the frame in progress has ended: the listener drains, or its time is over. */
    boolean isEnding() {
        return transport.isDraining() || expired;
    }

    /** What {@link #isEnding()} counts as. */
    Reason.Closed endReason() {
        return expired ? Reason.Closed.SESSION : Reason.Closed.STOPPED;
    }

    /** Whether somebody closes it, so that nothing more can be read. */
    boolean isClosing() {
        return closing.get() != null || !isOpen();
    }

    /** About to wait for bytes. Answers whether to: not between frames of a connection that is to end. */
    boolean beginWait(boolean withinFrame) {
        deadlines.beginWait(withinFrame);
        return withinFrame || !isEnding();
    }

    /** So many nanoseconds it was for us that nothing was read. */
    void excuse(long nanos) {
        deadlines.excuse(nanos);
    }

    /**
     * A read returned: so many bytes, at this time in milliseconds since the epoch. Answers whether to take them: not if the
     * listener had drained the connection first.
     */
    boolean endWait(int bytes, long at) {
        read(bytes, at);
        return deadlines.endWait();
    }

    void read(int bytes, long at) {
        lastReadAt = at;
        bytesIn += Math.max(0, bytes);
    }

    void frameEnded() {
        deadlines.frameEnded();
    }

    void count(int messages) {
        messagesIn += messages;
    }

    ReplyWriter writer() {
        return writer;
    }

    /** How many messages have failed since they were last taken. */
    int failures() {
        return failures;
    }

    /** How many messages have failed since the last call. */
    int takeFailures() {
        int taken = failures;
        failures = 0;
        return taken;
    }

    /** So many messages failed whose peer has had its answer. */
    void failed(int messages) {
        failures += messages;
    }

    /** A message has no answer though its peer waits for one. */
    void endUnanswered() {
        failedUnanswered = true;
    }

    /** Whether a message failed that has no answer, so that the connection has to end. */
    boolean failedUnanswered() {
        return failedUnanswered;
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
        failures++;
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            Reason.Closed reason = closing.get();
            transport.ended(this, entry, reason == null ? Reason.Closed.BROKEN : reason);
        }
    }

    // What others do

    /** Whether it is let in, so that it is anybody's business. */
    boolean isIn() {
        return entry == null || entry.isIn();
    }

    /**
     * The listener drains: if the thread waits between frames, ends our side for it. The peer sees the end of the stream
     * and ends its own, which ends the thread's wait; what it had sent by then is read, lest it be answered by a reset.
     * What an operator is sending goes first: then this has to be called again.
     */
    void drain() {
        if (!isIn() || deadlines.isInHandshake()) {
            close(endReason());
            return;
        }
        wake();
        if (!deadlines.mayDrain()) {
            return;
        }
        if (isTls()) {
            // Its end is something to be written, and whoever drains must not wait for a peer that does not read.
            Thread.startVirtualThread(this::drainWriter);
        } else {
            drainWriter();
        }
    }

    private void drainWriter() {
        try {
            writer.drain();
        } catch (IOException ex) {
            log.trace("Ending our side of a connection that has ended", ex);
        }
    }

    /** After a pause in which nobody read. */
    void restartDeadlines() {
        deadlines.restart();
    }

    /** Answers whether a deadline has passed, so that it closed the connection. */
    boolean enforceDeadlines(long now) {
        Timeouts timeouts = transport.settings().timeouts();
        boolean paused = transport.gate().isClosed();
        long session = timeouts.session().toNanos();
        if (session > 0 && now - openedNanos > session && !paused) {
            expired = true;
            drain();
        }
        Reason.Closed reason = deadlines.passed(timeouts, now, paused);
        if (reason != null) {
            close(reason == Reason.Closed.STOPPED ? endReason() : reason);
        }
        return reason != null;
    }

    /** If its thread waits because it is over its rate, that looks whether it still has to. */
    private void wake() {
        if (throttle != null) {
            throttle.wake();
        }
    }

    @Override
    public boolean send(byte[] payload) {
        try {
            writer.send(payload);
            return true;
        } catch (IOException ex) {
            return false;
        }
    }

    @Override
    public void send(Message<?> message) {
        if (!(message.getPayload() instanceof byte[] payload) || !send(payload)) {
            throw new IllegalStateException("Connection " + id + " cannot send " + message);
        }
    }

    @Override
    public void close(Reason.Closed reason) {
        if (closing.compareAndSet(null, reason)) {
            try {
                if (reason == Reason.Closed.WRITE_TIMEOUT) {
                    // The kernel would go on trying to send for a quarter of an hour.
                    socket.setSoLinger(true, 0);
                }
            } catch (IOException ex) {
                log.trace("Closing a connection that has ended", ex);
            }
            close();
        }
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
        return origin;
    }

    @Override
    public Optional<String> tlsSubject() {
        return Optional.ofNullable(tlsSubject);
    }

    @Override
    public Instant openedAt() {
        return openedAt;
    }

    @Override
    public Instant lastReadAt() {
        return Instant.ofEpochMilli(lastReadAt);
    }

    @Override
    public long messagesIn() {
        return messagesIn;
    }

    @Override
    public long messagesOut() {
        return writer.messages();
    }

    @Override
    public long bytesIn() {
        return bytesIn;
    }

    @Override
    public long bytesOut() {
        return writer.bytes();
    }
}
