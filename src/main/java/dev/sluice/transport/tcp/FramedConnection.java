package dev.sluice.transport.tcp;

import dev.sluice.message.PeerHeaders;
import dev.sluice.message.StreamIds;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Timeouts;
import dev.sluice.transport.framing.FrameBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
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
 * <p>Only that thread replies, into a buffer of its own. Operators send from theirs: the lock orders what is written to the
 * socket. Deadlines are fields that a sweep reads; it and operators end the connection by closing the socket under the
 * thread, having set the reason.
 */
@SuppressWarnings("NonAtomicVolatileUpdate")
final class FramedConnection extends TcpNetConnection implements Connection {

    private static final Logger log = LoggerFactory.getLogger(FramedConnection.class);

    /** A peer that takes so much within the write timeout does read, however long the reply is. */
    private static final int MOST_AT_ONCE = 64 * 1024;

    private static final int LINGER_QUIET_MILLIS = 200;
    private static final long MOST_LINGER_NANOS = 1_000_000_000L;

    private final TcpTransport transport;
    private final Socket socket;
    private final String id = StreamIds.next();
    private final InetSocketAddress remote;
    private final PeerHeaders headers;
    private final FrameBuffer replies = new FrameBuffer();
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicReference<Reason.@Nullable Closed> closing = new AtomicReference<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Instant openedAt = Instant.now();

    /** Since when the thread waits for bytes, in {@code System.nanoTime()}; 0 while it does not wait. */
    private volatile long waitingSince;
    /** Since when it waits for the rest of a frame; 0 if none has begun. */
    private volatile long frameSince;
    /** Since when {@link #MOST_AT_ONCE} or less is being written; 0 if nothing is. */
    private volatile long writingSince;
    /** The input was shut by {@link #drain()}, so that its end is not the peer's doing. */
    private volatile boolean inputShut;

    // Each is written by one thread at a time: the connection's, or whoever holds the lock. Read by anyone.
    private volatile long lastReadAt = openedAt.toEpochMilli();
    private volatile long messagesIn;
    private volatile long bytesIn;
    private volatile long messagesOut;
    private volatile long bytesOut;

    private int unflushed;
    private int failures;
    private boolean failedUnanswered;

    FramedConnection(TcpTransport transport, Socket socket, @Nullable ApplicationEventPublisher events) {
        super(socket, true, false, events, transport.settings().listener());
        this.transport = transport;
        this.socket = socket;
        this.remote = (InetSocketAddress) socket.getRemoteSocketAddress();
        this.headers = new PeerHeaders(Map.of(
                IpHeaders.CONNECTION_ID, id,
                IpHeaders.HOSTNAME, getHostName(),
                IpHeaders.IP_ADDRESS, getHostAddress(),
                IpHeaders.REMOTE_PORT, remote.getPort(),
                PeerHeaders.LISTENER, transport.settings().listener()));
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
            greet();
            reason = new FrameLoop(transport, this).run(socket.getInputStream());
            if (reason != Reason.Closed.PEER && !inputShut) {
                linger();
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

    private void greet() throws IOException {
        if (transport.greeting().length > 0) {
            transport.gate().pass();
            replies.append(transport.greeting());
            flush();
        }
    }

    /**
     * Ends our side and reads on for a moment without looking: closing with bytes unread would reset the connection, and the
     * answers on their way with it.
     */
    private void linger() throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(LINGER_QUIET_MILLIS);
        byte[] unread = new byte[ReadBuffer.SMALL];
        long until = System.nanoTime() + MOST_LINGER_NANOS;
        try {
            while (System.nanoTime() < until && socket.getInputStream().read(unread) >= 0) {}
        } catch (SocketTimeoutException ex) {
            // The peer is quiet, and has had the time to take what was sent.
        }
    }

    // What the connection's thread does

    PeerHeaders headers() {
        return headers;
    }

    /** About to wait for bytes. Answers whether to: not between frames of a listener that drains. */
    boolean beginWait(boolean withinFrame) {
        long now = System.nanoTime();
        if (!withinFrame) {
            frameSince = 0;
        } else if (frameSince == 0) {
            frameSince = now;
        }
        waitingSince = now;
        return withinFrame || !transport.isDraining();
    }

    /** A read returned: so many bytes, at this time in milliseconds since the epoch. */
    void endWait(int bytes, long at) {
        waitingSince = 0;
        lastReadAt = at;
        bytesIn += Math.max(0, bytes);
    }

    /** A frame has ended: if another has begun behind it, its time starts anew. */
    void frameEnded() {
        frameSince = 0;
    }

    void count(int messages) {
        messagesIn += messages;
    }

    boolean inputShut() {
        return inputShut;
    }

    int bufferedBytes() {
        return replies.size();
    }

    /** How many messages have failed since the last call. */
    int takeFailures() {
        int taken = failures;
        failures = 0;
        return taken;
    }

    /** Whether a message failed that has no answer, so that the connection has to end. */
    boolean failedUnanswered() {
        return failedUnanswered;
    }

    /** Writes the replies that are waiting. Answers how many messages they answer. */
    int flush() throws IOException {
        int size = replies.size();
        int answered = unflushed;
        unflushed = 0;
        if (size > 0) {
            write(replies, answered);
            replies.shrink();
            transport.traffic().bytesSent.add(size);
            transport.traffic().replied.add(answered);
        }
        return answered;
    }

    private void write(FrameBuffer frames, int messages) throws IOException {
        OutputStream out = socket.getOutputStream();
        int size = frames.size();
        writing.lock();
        try {
            for (int from = 0; from < size; from += MOST_AT_ONCE) {
                writingSince = System.nanoTime();
                frames.writeTo(out, from, Math.min(size, from + MOST_AT_ONCE));
            }
            messagesOut += messages;
            bytesOut += size;
        } finally {
            frames.truncate(0);
            writingSince = 0;
            writing.unlock();
        }
    }

    @Override
    public void reply(byte[] payload) {
        int before = replies.size();
        try {
            transport.framing().encode(payload, replies);
        } catch (RuntimeException | Error ex) {
            replies.truncate(before);
            throw ex;
        }
        unflushed++;
    }

    @Override
    public void fail(byte @Nullable [] answer) {
        if (answer == null) {
            failedUnanswered = true;
        } else {
            reply(answer);
        }
        // Last, since an answer that cannot be framed leaves the message to be failed once more, without one.
        failures++;
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            Reason.Closed reason = closing.get();
            transport.ended(this, reason == null ? Reason.Closed.BROKEN : reason);
        }
    }

    // What others do

    /** The listener drains: wakes the thread if it waits between frames. */
    void drain() {
        if (waitingSince != 0 && frameSince == 0) {
            inputShut = true;
            try {
                socket.shutdownInput();
            } catch (IOException ex) {
                log.trace("Shutting the input of a connection that has ended", ex);
            }
        }
    }

    /** After a pause in which nobody read. */
    void restartDeadlines() {
        long now = System.nanoTime();
        if (waitingSince != 0) {
            waitingSince = now;
        }
        if (frameSince != 0) {
            frameSince = now;
        }
    }

    void enforceDeadlines(long now) {
        Timeouts timeouts = transport.settings().timeouts();
        if (passed(writingSince, timeouts.write().toNanos(), now)) {
            close(Reason.Closed.WRITE_TIMEOUT);
        } else if (waitingSince != 0 && !transport.gate().isClosed()) {
            if (passed(frameSince, timeouts.frame().toNanos(), now)) {
                close(Reason.Closed.FRAME_TIMEOUT);
            } else if (passed(waitingSince, timeouts.idle().toNanos(), now)) {
                close(Reason.Closed.IDLE);
            }
        }
    }

    private static boolean passed(long since, long timeout, long now) {
        return since != 0 && timeout > 0 && now - since > timeout;
    }

    @Override
    public boolean send(byte[] payload) {
        FrameBuffer frame = new FrameBuffer();
        transport.framing().encode(payload, frame);
        int size = frame.size();
        try {
            write(frame, 1);
            transport.traffic().bytesSent.add(size);
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
            if (!begun.get()) {
                end();
            }
        }
    }

    @Override
    public String getConnectionId() {
        // Asked for by the super constructor's users only after construction, but before that by its own logging.
        return id;
    }

    @Override
    public String listener() {
        return transport.settings().listener();
    }

    @Override
    public String connection() {
        return id;
    }

    @Override
    public String stream() {
        return id;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
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
        return messagesOut;
    }

    @Override
    public long bytesIn() {
        return bytesIn;
    }

    @Override
    public long bytesOut() {
        return bytesOut;
    }
}
