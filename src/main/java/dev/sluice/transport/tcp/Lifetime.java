package dev.sluice.transport.tcp;

import dev.sluice.transport.Reason;
import dev.sluice.transport.Timeouts;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a connection lasts, if neither the peer nor an operator ends it: until a deadline has passed, it has reached its
 * greatest age, or its listener drains. The sweep and whoever drains call this, never the connection's own thread, which
 * only asks whether to end.
 */
final class Lifetime {

    private static final Logger log = LoggerFactory.getLogger(Lifetime.class);

    /** Once its time is over, for what was read last to be dealt with. */
    private static final Duration MOST_HELD = Duration.ofSeconds(5);
    /** Once our side has ended, for a peer that gets no answers to end its own. */
    private static final Duration MOST_READ_ON = Duration.ofSeconds(2);

    private final TcpTransport transport;
    private final FramedConnection connection;
    private final Deadlines deadlines;
    private final long openedNanos = System.nanoTime();
    /** Has reached its greatest age. */
    private volatile boolean expired;
    /** When {@link #mayReadOn()} was first asked; 0 before. Belongs to the connection's thread. */
    private long readingOnSince;

    Lifetime(TcpTransport transport, FramedConnection connection, Deadlines deadlines) {
        this.transport = transport;
        this.connection = connection;
        this.deadlines = deadlines;
    }

    /** Whether to end once the frame in progress has ended: the listener drains, or the connection's time is over. */
    boolean isEnding() {
        return transport.steering().isDraining() || expired;
    }

    /** What {@link #isEnding()} counts as. */
    Reason.Closed endReason() {
        return expired ? Reason.Closed.SESSION : Reason.Closed.STOPPED;
    }

    /**
     * The listener drains: if the thread waits between frames, ends our side for it. The peer sees the end of the stream
     * and ends its own, which ends the thread's wait; what it had sent by then is read, lest it be answered by a reset.
     * What an operator is sending goes first: then this has to be called again.
     */
    void drain() {
        if (!connection.isIn() || deadlines.isInHandshake()) {
            connection.close(endReason());
            return;
        }
        connection.wake();
        if (!deadlines.mayDrain()) {
            return;
        }
        if (connection.isTls()) {
            // Its end is something to be written, and whoever drains must not wait for a peer that does not read.
            Thread.startVirtualThread(this::endOutput);
        } else {
            endOutput();
        }
    }

    /**
     * The connection is to end, and its thread is about to wait between frames. Ends our side, and answers whether to read on,
     * until the peer has ended its own.
     */
    boolean mayReadOn() {
        long now = System.nanoTime();
        if (readingOnSince == 0) {
            readingOnSince = now;
        }
        drain();
        return now - readingOnSince < MOST_READ_ON.toNanos();
    }

    private void endOutput() {
        try {
            connection.writer().drain();
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
        if (connection.isClosing()) {
            boolean left = deadlines.hasLeft(now);
            if (left) {
                connection.close();
            }
            return left;
        }
        Timeouts timeouts = transport.settings().timeouts();
        boolean paused = transport.steering().gate().isClosed();
        long session = timeouts.session().toNanos();
        if (session > 0 && now - openedNanos > session && !paused) {
            expired = true;
            drain();
        }
        Reason.Closed reason = deadlines.passed(timeouts, now, paused);
        if (reason == null && !paused) {
            reason = passedWhileHeld(timeouts, now);
        }
        if (reason != null) {
            connection.close(reason == Reason.Closed.STOPPED ? endReason() : reason);
        }
        return reason != null;
    }

    /**
     * Nothing is read while the thread waits for room in the spool, say, so that it does not see its peer go. A peer that is
     * there is held for as long as it takes: to close it would lose what it has sent.
     */
    private Reason.@Nullable Closed passedWhileHeld(Timeouts timeouts, long now) {
        if (expired && deadlines.isHeldFor(MOST_HELD, now)) {
            return Reason.Closed.SESSION;
        }
        boolean gone = deadlines.isHeldFor(timeouts.idle(), now)
                && !transport.kernelPeers().holds(connection.accepted(), timeouts.idle(), now);
        return gone ? Reason.Closed.IDLE : null;
    }
}
