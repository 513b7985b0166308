package dev.sluice.transport.tcp;

import dev.sluice.memory.Holder;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Timeouts;
import dev.sluice.transport.Waits;
import java.net.SocketException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection lasts, if neither the peer nor an operator ends it: until a deadline has passed, it has reached
 * its greatest age, or its listener drains. The sweep and whoever drains call this; the connection's own thread only
 * asks whether to go on.
 */
final class Lifetime implements Holder {

    /** Once its time is over, for what was read last to be dealt with. */
    private static final Duration MOST_HELD = Duration.ofSeconds(5);
    /** Once our side has ended, for a peer that gets no answers to end its own. */
    private static final Duration MOST_READ_ON = Duration.ofSeconds(2);

    private final Steering steering;
    private final AcceptedSocket socket;
    private final Deadlines deadlines;
    private final Parting parting;
    private final Waits waits;
    private final long openedNanos = System.nanoTime();
    /** Why it is to end between two frames, though its listener does not drain; null if it is not. */
    private volatile Reason.@Nullable Closed ending;
    /** When it is closed if that has not come about; 0 if it never is for that. Of the thread that sets the reason. */
    private volatile long endBy;
    /** When {@link #mayReadOn()} was first asked; 0 before. Belongs to the connection's thread. */
    private long readingOnSince;

    /**
     * @param waits of the connection's thread
     */
    Lifetime(Steering steering, AcceptedSocket socket, Deadlines deadlines, Parting parting, Waits waits) {
        this.steering = steering;
        this.socket = socket;
        this.deadlines = deadlines;
        this.parting = parting;
        this.waits = waits;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    /** What the connection's thread may wait for besides its socket. */
    Waits waits() {
        return waits;
    }

    /** Returns whether the handshake is over, and the end has not begun. */
    boolean isServed() {
        return parting.isServed();
    }

    /**
     * Waits while the listener is paused.
     *
     * @throws SocketException if somebody closes the connection, which may have been meanwhile
     */
    void passGate() throws SocketException {
        steering.gate().pass(waits);
        if (isClosing()) {
            throw new SocketException("Socket closed");
        }
    }

    /** Returns whether somebody closes the connection, so that nothing more can be read. */
    boolean isClosing() {
        return parting.isUnderWay();
    }

    /** Returns whether to end after the frame in progress: the listener drains, or the connection's time is over. */
    boolean isEnding() {
        return steering.isDraining() || ending != null;
    }

    /** What {@link #isEnding()} counts as. */
    Reason.Closed endReason() {
        Reason.Closed why = ending;
        return why == null ? Reason.Closed.STOPPED : why;
    }

    /** Ends it between two frames, or closes it when the time has passed. The first reason counts. */
    void end(Reason.Closed why, Duration within) {
        if (ending == null) {
            endBy = System.nanoTime() + Math.max(1, within.toNanos());
            ending = why;
        }
        drain();
    }

    /** The listener drains, or the connection is too old: it is ended between frames. May have to be called again. */
    void drain() {
        if (socket.isIn() && !deadlines.isInHandshake()) {
            parting.drain();
        } else {
            parting.close(endReason());
        }
    }

    /**
     * The connection is to end, and its thread is about to wait between frames. Ends our side, and returns whether to
     * read on, until the peer has ended its own.
     */
    boolean mayReadOn() {
        long now = System.nanoTime();
        if (readingOnSince == 0) {
            readingOnSince = now;
        }
        drain();
        return now - readingOnSince < MOST_READ_ON.toNanos();
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
        parting.close(Reason.Closed.MEMORY);
    }

    /** Returns whether a deadline has passed, so that it closed the connection. */
    boolean enforceDeadlines(KernelPeers kernelPeers, long now) {
        if (isClosing()) {
            boolean left = deadlines.hasLeft(now);
            if (left) {
                parting.cutOff();
            }
            return left;
        }
        Timeouts timeouts = steering.settings().timeouts();
        boolean paused = steering.gate().isClosed();
        long session = timeouts.session().toNanos();
        if (ending == null && session > 0 && now - openedNanos > session && !paused) {
            ending = Reason.Closed.SESSION;
        }
        if (ending != null && !paused) {
            drain();
        }
        Reason.Closed reason = deadlines.passed(timeouts, now, paused);
        if (reason == null && endBy != 0 && now - endBy > 0) {
            reason = endReason();
        }
        if (reason == null && !paused) {
            reason = passedWhileHeld(kernelPeers, timeouts, now);
        }
        if (reason != null) {
            parting.close(reason == Reason.Closed.STOPPED ? endReason() : reason);
        }
        return reason != null;
    }

    /**
     * Nothing is read while the thread waits for room in the spool, say, so that it does not see its peer go. A peer
     * that is there is held for as long as it takes: to close it would lose what it has sent.
     */
    private Reason.@Nullable Closed passedWhileHeld(KernelPeers kernelPeers, Timeouts timeouts, long now) {
        if (ending == Reason.Closed.SESSION && deadlines.isHeldFor(MOST_HELD, now)) {
            return Reason.Closed.SESSION;
        }
        boolean gone =
                deadlines.isHeldFor(timeouts.idle(), now) && !kernelPeers.holds(socket.peer(), timeouts.idle(), now);
        return gone ? Reason.Closed.IDLE : null;
    }
}
