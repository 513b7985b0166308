package dev.sluice.transport.tcp;

import dev.sluice.transport.Reason;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a connection ends: by its own thread, which finds a reason to, or by another, as the sweep or an operator's. The first
 * reason counts.
 *
 * <p>Who closes from another thread cuts short what the connection's thread waits for, and closes the socket under it. With TLS
 * the peer is told first, by close_notify, so that it can tell the end from an attack (RFC 8446, section 6.1): by a thread
 * made for that, since whoever closes must not wait for a peer that does not read. The sweep closes the socket a second later.
 */
final class Parting {

    private static final Logger log = LoggerFactory.getLogger(Parting.class);

    private final FramedConnection connection;
    private final AcceptedSocket socket;
    private final ReplyWriter writer;
    private final Deadlines deadlines;
    private final AtomicReference<Reason.@Nullable Closed> reason = new AtomicReference<>();
    /** The handshake is over, so that there is something to be said at the end. */
    private volatile boolean served;

    Parting(FramedConnection connection, AcceptedSocket socket, ReplyWriter writer, Deadlines deadlines) {
        this.connection = connection;
        this.socket = socket;
        this.writer = writer;
        this.deadlines = deadlines;
    }

    /** Whether there is a reason. */
    boolean hasBegun() {
        return reason.get() != null;
    }

    /** What the end counts as. */
    Reason.Closed reason() {
        Reason.Closed first = reason.get();
        return first == null ? Reason.Closed.BROKEN : first;
    }

    /** Gives the reason without closing. */
    void begin(Reason.Closed why) {
        reason.compareAndSet(null, why);
    }

    // Of the connection's thread

    void handshakeEnded() {
        served = true;
    }

    /** Ends our side, if it was served and is not broken, and waits until what was sent has arrived. */
    void part(Reason.Closed why) {
        // What somebody else closes only looks broken.
        if (!served || why == Reason.Closed.BROKEN && !hasBegun() || !connection.isOpen()) {
            return;
        }
        try {
            if (why != Reason.Closed.PEER) {
                writer.end();
                socket.linger();
            } else if (socket.isTls()) {
                writer.end();
            }
        } catch (IOException ex) {
            log.trace("Parting from a connection that has ended", ex);
        }
    }

    // Of others

    void close(Reason.Closed why) {
        if (!reason.compareAndSet(null, why)) {
            return;
        }
        boolean atOnce = why == Reason.Closed.WRITE_TIMEOUT || why == Reason.Closed.MEMORY;
        if (!atOnce && served && writer.canTellEnd()) {
            deadlines.beginLeaving();
            connection.cutWaitsShort();
            Thread.startVirtualThread(this::takeLeave);
            return;
        }
        try {
            if (atOnce) {
                socket.resetOnClose();
            }
        } catch (IOException ex) {
            log.trace("Closing a connection that has ended", ex);
        }
        connection.close();
    }

    /** The peer's own end then ends the thread's wait for bytes, or the sweep does. */
    private void takeLeave() {
        try {
            writer.end();
        } catch (IOException ex) {
            log.trace("Taking leave of a connection that has ended", ex);
        }
    }
}
