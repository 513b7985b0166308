package dev.sluice.transport.tcp;

import dev.sluice.transport.Reason;
import dev.sluice.transport.Timeouts;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Since when a connection waits for what. Its thread notes that in fields, and a sweep over all connections looks at
 * them: no connection needs a timer. Times are those of {@code System.nanoTime()}; 0 is: does not wait.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // of what its thread alone writes while it does not wait
final class Deadlines {

    private static final AtomicLongFieldUpdater<Deadlines> WAITING_SINCE =
            AtomicLongFieldUpdater.newUpdater(Deadlines.class, "waitingSince");
    /**
     * In place of a time: our side has been ended while the thread waited, so that what it reads now is not answered.
     */
    private static final long DRAINED = Long.MIN_VALUE;

    /** Once drained, for the thread to read more of what its peer had sent. It may have to wait for a processor. */
    private static final long MOST_QUIET_NANOS = 500_000_000L;
    /** For the peer to hear that its connection is closed. */
    private static final long MOST_LEAVING_NANOS = 1_000_000_000L;

    /** For PROXY header and handshake to end. */
    private volatile long handshakeSince;
    /** For bytes. Taken from a time to 0 by the thread, or to {@link #DRAINED} by another: whoever comes first. */
    private volatile long waitingSince;
    /** For anything but bytes, such as room in the spool or a sink: when a read last returned. */
    private volatile long heldSince;
    /** For the rest of a frame. */
    private volatile long frameSince;
    /** For the peer to take what is written. */
    private volatile long writingSince;
    /** Once drained, for the peer to end its side. */
    private volatile long lingeringSince;
    /** Once somebody has closed the connection, for the peer to be told. */
    private volatile long leavingSince;

    /** If it has begun already, its time goes on. */
    void beginHandshake() {
        if (handshakeSince == 0) {
            handshakeSince = System.nanoTime();
        }
    }

    boolean isInHandshake() {
        return handshakeSince != 0;
    }

    void endHandshake() {
        handshakeSince = 0;
    }

    /** The thread is about to read. */
    void beginWait(boolean withinFrame) {
        long now = System.nanoTime();
        if (!withinFrame) {
            frameSince = 0;
        } else if (frameSince == 0) {
            frameSince = now;
        }
        waitingSince = now;
    }

    /**
     * A read returned at this time. Answers whether to take what it brought: not if the connection was drained before.
     */
    boolean endWait(long now) {
        heldSince = now;
        return WAITING_SINCE.getAndSet(this, 0) != DRAINED;
    }

    /** A frame has ended: if another has begun behind it, its time starts anew. */
    void frameEnded() {
        // Called for every frame, and a volatile write costs more than finding the next one.
        if (frameSince != 0) {
            frameSince = 0;
        }
    }

    /**
     * The thread has waited because the peer is over its rate, and goes on: what it has sent is taken though it may be
     * gone.
     */
    void heldAnew(long now) {
        heldSince = now;
    }

    /** Returns whether nothing has been read for so long because the thread waits for somebody else; for 0, never. */
    boolean isHeldFor(Duration time, long now) {
        return waitingSince == 0 && passed(heldSince, time.toNanos(), now);
    }

    void beginLeaving() {
        leavingSince = System.nanoTime();
    }

    /** Returns whether the peer has had the time to hear that its connection is closed. */
    boolean hasLeft(long now) {
        return passed(leavingSince, MOST_LEAVING_NANOS, now);
    }

    void beginWrite() {
        writingSince = System.nanoTime();
    }

    void endWrite() {
        writingSince = 0;
    }

    /** Called by the thread, which did not read for so long though it might have: no peer is late by that. */
    void excuse(long nanos) {
        if (nanos > 0 && frameSince != 0) {
            frameSince += nanos;
        }
    }

    /** Whether the thread waits between frames, so that {@link #drain()} would end its wait. */
    boolean mayDrain() {
        long since = waitingSince;
        return since != 0 && since != DRAINED && frameSince == 0;
    }

    /**
     * Ends the thread's wait if it waits between frames. Answers whether it did: what is read from now on is not taken.
     */
    boolean drain() {
        long since = waitingSince;
        if (!mayDrain()) {
            return false;
        }
        lingeringSince = System.nanoTime();
        return WAITING_SINCE.compareAndSet(this, since, DRAINED);
    }

    /** Since when the thread waits for its peer, whatever for; 0 if it does not. */
    long waitsSince() {
        long handshake = handshakeSince;
        long writing = writingSince;
        long waiting = waitingSince;
        long frame = frameSince;
        if (handshake != 0) {
            return handshake;
        }
        if (writing != 0) {
            return writing;
        }
        if (waiting == DRAINED) {
            return lingeringSince;
        }
        return waiting != 0 && frame != 0 ? frame : waiting;
    }

    /** Whether the peer owes the rest of a handshake or of a frame, or to read what is written. */
    boolean isOwed() {
        return handshakeSince != 0 || writingSince != 0 || frameSince != 0;
    }

    /** After a pause in which nobody read. */
    void restart() {
        long now = System.nanoTime();
        long since = waitingSince;
        if (heldSince != 0) {
            heldSince = now;
        }
        if (since != 0 && since != DRAINED) {
            WAITING_SINCE.compareAndSet(this, since, now);
        }
        if (frameSince != 0) {
            frameSince = now;
        }
    }

    /** Why to close the connection now; null if no deadline has passed. While paused, only writing has one. */
    Reason.@Nullable Closed passed(Timeouts timeouts, long now, boolean paused) {
        long waiting = waitingSince;
        if (waiting == DRAINED) {
            return passed(lingeringSince, MOST_QUIET_NANOS, now) ? Reason.Closed.STOPPED : null;
        }
        if (passed(handshakeSince, timeouts.handshake().toNanos(), now)) {
            return Reason.Closed.HANDSHAKE_TIMEOUT;
        }
        if (passed(writingSince, timeouts.write().toNanos(), now)) {
            return Reason.Closed.WRITE_TIMEOUT;
        }
        if (waiting == 0 || paused) {
            return null;
        }
        if (passed(frameSince, timeouts.frame().toNanos(), now)) {
            return Reason.Closed.FRAME_TIMEOUT;
        }
        return passed(waiting, timeouts.idle().toNanos(), now) ? Reason.Closed.IDLE : null;
    }

    private static boolean passed(long since, long timeout, long now) {
        return since != 0 && timeout > 0 && now - since > timeout;
    }
}
