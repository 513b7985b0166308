package dev.sluice.transport.tcp;

import dev.sluice.transport.Reason;
import dev.sluice.transport.Waits;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.integration.ip.tcp.connection.TcpNetConnection;

/**
 * How a connection ends: by its own thread, which finds a reason to, or by another, as the sweep or an operator's. The
 * first reason counts.
 *
 * <p>Who closes from another thread cuts short what the connection's thread waits for, and closes the socket under it.
 * With TLS the peer is told first, by close_notify, so that it can tell the end from an attack (RFC 8446, section 6.1):
 * by a thread made for that, since whoever closes must not wait for a peer that does not read. The sweep closes the
 * socket a second later.
 */
final class Parting {

    private static final Logger log = LoggerFactory.getLogger(Parting.class);

    private final TcpNetConnection connection;
    private final AcceptedSocket socket;
    private final ReplyWriter writer;
    private final Deadlines deadlines;
    private final Waits waits;
    private final AtomicReference<Reason.@Nullable Closed> reason = new AtomicReference<>();
    /** Another connection has its identity now. */
    private volatile boolean replaced;
    /** The handshake is over, so that there is something to be said at the end. */
    private volatile boolean served;

    /**
     * @param waits of the connection's thread
     */
    Parting(TcpNetConnection connection, AcceptedSocket socket, ReplyWriter writer, Deadlines deadlines, Waits waits) {
        this.connection = connection;
        this.socket = socket;
        this.writer = writer;
        this.deadlines = deadlines;
        this.waits = waits;
    }

    /** Returns whether there is a reason. */
    boolean hasBegun() {
        return reason.get() != null;
    }

    /** Returns whether somebody closes the connection, so that nothing more can be read. */
    boolean isUnderWay() {
        return hasBegun() || !connection.isOpen();
    }

    /** Returns whether another connection has its identity now. */
    boolean isReplaced() {
        return replaced;
    }

    /** Returns whether the handshake is over, and there is no reason to end. */
    boolean isServed() {
        return served && !hasBegun();
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

    /**
     * If the thread waits between frames, ends our side for it. The peer sees the end of the stream and ends its own,
     * which ends the thread's wait; what it had sent by then is read, lest it be answered by a reset. What an operator
     * is sending goes first: then this has to be called again.
     */
    void drain() {
        waits.wake();
        if (!deadlines.mayDrain()) {
            return;
        }
        if (socket.isTls()) {
            // Its end is something to be written, and whoever drains must not wait for a peer that does not read.
            Thread.startVirtualThread(this::endOutput);
        } else {
            endOutput();
        }
    }

    private void endOutput() {
        try {
            writer.drain();
        } catch (IOException ex) {
            log.trace("Ending our side of a connection that has ended", ex);
        }
    }

    /** Closes without any leave: the listener's time is over, or the peer's to take it. */
    void cutOff() {
        begin(Reason.Closed.STOPPED);
        connection.close();
    }

    void close(Reason.Closed why) {
        if (why == Reason.Closed.REPLACED) {
            // Whatever it may be ending for already.
            replaced = true;
        }
        if (!reason.compareAndSet(null, why)) {
            return;
        }
        boolean atOnce = why == Reason.Closed.WRITE_TIMEOUT || why == Reason.Closed.MEMORY;
        if (!atOnce && served && writer.canTellEnd()) {
            deadlines.beginLeaving();
            waits.cutShort();
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
