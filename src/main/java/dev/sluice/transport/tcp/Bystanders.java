package dev.sluice.transport.tcp;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.trace.FrameTraces;
import dev.sluice.transport.Expectation;
import dev.sluice.transport.Tap;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Who else than the handling of messages minds what a peer says: who waits for its answer, of whom the first gets a
 * message that suits him, operators who look on, and traces. Whoever waits may be any thread; the rest is the connection's.
 */
final class Bystanders {

    /** So many may wait at once for one connection. */
    private static final int MOST = 16;

    /** Null while there is nobody, so that asking costs the connection's thread a look. */
    private volatile @Nullable Deque<Expectation> waiting;

    private boolean ended;

    private final Tap tap;
    /** Those who looked on when this was last asked. */
    private Tap.@Nullable Onlookers onlookers;

    /** Null if nothing is traced. */
    private final @Nullable FrameTraces traces;

    Bystanders(Tap tap, @Nullable FrameTraces traces) {
        this.tap = tap;
        this.traces = traces;
    }

    /** Returns whether it waits from now on: not if too many do, or the connection has ended. */
    synchronized boolean add(Expectation expectation) {
        Deque<Expectation> others = waiting;
        if (ended || others != null && others.size() >= MOST) {
            return false;
        }
        Deque<Expectation> all = others == null ? new ArrayDeque<>() : others;
        all.addLast(expectation);
        waiting = all;
        return true;
    }

    synchronized void remove(Expectation expectation) {
        Deque<Expectation> others = waiting;
        if (others != null && others.remove(expectation) && others.isEmpty()) {
            waiting = null;
        }
    }

    /** Returns whether there is anybody. Asked once a read: where there is nobody, nothing else has to be. */
    boolean any() {
        onlookers = tap.onlookers();
        return onlookers != null || waiting != null || traces != null;
    }

    /** Those who look on see a message. */
    void show(ReceivedMessage message) {
        if (onlookers != null) {
            onlookers.received(message.origin(), message.getPayload());
        }
    }

    /** All get a message. Returns whether it is for somebody who waited for it, and for nobody else. */
    boolean take(ReceivedMessage message) {
        show(message);
        if (traces != null) {
            traces.take(message);
        }
        return waiting != null && take(message.getPayload());
    }

    /** The messages so far are answered, or never will be. */
    void answered() {
        if (traces != null) {
            traces.answered();
        }
    }

    /** Gives a message to the first whom it suits. Returns whether it is for nobody else. */
    private synchronized boolean take(byte[] message) {
        Deque<Expectation> all = waiting;
        if (all == null) {
            return false;
        }
        for (Expectation next : all) {
            if (next.pattern().match(message) != null) {
                remove(next);
                next.answer().complete(message);
                return !next.forward();
            }
        }
        return false;
    }

    /** The connection has ended: nobody gets an answer any more. */
    synchronized void end() {
        ended = true;
        Deque<Expectation> all = waiting;
        waiting = null;
        if (all != null) {
            all.forEach(one -> one.answer().completeExceptionally(new Expectation.ConnectionEnded()));
        }
    }
}
