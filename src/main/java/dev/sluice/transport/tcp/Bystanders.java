package dev.sluice.transport.tcp;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.trace.FrameTraces;
import dev.sluice.transport.Attendant;
import dev.sluice.transport.Expectation;
import dev.sluice.transport.Tap;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who minds what a peer says, besides the handling of its messages: those who wait for its answer (the first gets a
 * message that suits him), the sender of commands (who sees all), operators who look on, and traces. Any thread may
 * wait; the rest is the connection's.
 */
final class Bystanders {

    /** So many may wait at once for one connection. */
    private static final int MOST = 16;

    /** Those who mind. Changed under the lock of the bystanders. */
    private static final class Minders {

        private final Deque<Expectation> expectations = new ArrayDeque<>();
        private volatile @Nullable Attendant attendant;
        private volatile boolean expected;

        boolean mind() {
            Attendant attending = attendant;
            return expected || attending != null && attending.minds();
        }
    }

    /** Null until there is the first, so that asking costs the connection's thread a look. */
    private volatile @Nullable Minders minders;

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

    /** Under the lock. */
    private Minders known() {
        Minders known = minders;
        if (known == null) {
            known = new Minders();
            minders = known;
        }
        return known;
    }

    /** Returns whether it waits from now on: not if too many do, or the connection has ended. */
    synchronized boolean add(Expectation expectation) {
        Minders all = known();
        if (ended || all.expectations.size() >= MOST) {
            return false;
        }
        all.expectations.addLast(expectation);
        all.expected = true;
        return true;
    }

    synchronized void remove(Expectation expectation) {
        Minders all = known();
        boolean _ = all.expectations.remove(expectation);
        all.expected = !all.expectations.isEmpty();
    }

    /** Returns whether there is anybody. Asked once a read: where there is nobody, nothing else has to be. */
    boolean any() {
        onlookers = tap.onlookers();
        Minders all = minders;
        return onlookers != null || traces != null || all != null && all.mind();
    }

    /** Returns who minds all that the peer says; nothing as long as nobody does. */
    Optional<Attendant> attendant() {
        Minders all = minders;
        return all == null ? Optional.empty() : Optional.ofNullable(all.attendant);
    }

    /** Returns who minds all that the peer says: the newcomer, if nobody does yet. */
    synchronized Attendant attendedBy(Attendant newcomer) {
        Minders all = known();
        Attendant attending = all.attendant;
        if (attending == null) {
            attending = newcomer;
            all.attendant = newcomer;
        }
        return attending;
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
        Minders all = minders;
        if (all == null || !all.mind()) {
            return false;
        }
        byte[] payload = message.getPayload();
        Attendant attending = all.attendant;
        boolean taken = attending != null && attending.minds() && attending.take(payload);
        return all.expected && take(all, payload) || taken;
    }

    /** The messages so far are answered, or never will be. */
    void answered() {
        if (traces != null) {
            traces.answered();
        }
    }

    /** Gives a message to the first whom it suits. Returns whether it is for nobody else. */
    private synchronized boolean take(Minders all, byte[] message) {
        for (Expectation next : all.expectations) {
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
        Minders all = minders;
        if (all != null) {
            all.expectations.forEach(one -> one.answer().completeExceptionally(new Expectation.ConnectionEnded()));
            all.expectations.clear();
            all.expected = false;
            Attendant attending = all.attendant;
            if (attending != null) {
                attending.ended();
            }
        }
    }
}
