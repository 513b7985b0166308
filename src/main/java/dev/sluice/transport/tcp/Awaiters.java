package dev.sluice.transport.tcp;

import dev.sluice.transport.Expectation;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a peer to say something: of those whom a message suits the first one gets it. Safe for use by any
 * thread.
 */
final class Awaiters {

    /** At once, of one connection. */
    private static final int MOST = 16;

    /** Null while there is nobody, so that asking costs the connection's thread a look. */
    private volatile @Nullable Deque<Expectation> waiting;

    private boolean ended;

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

    boolean any() {
        return waiting != null;
    }

    /** Gives a message to the first whom it suits. Returns whether it is for nobody else. */
    synchronized boolean take(byte[] message) {
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
