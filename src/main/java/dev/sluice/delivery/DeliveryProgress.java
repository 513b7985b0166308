package dev.sluice.delivery;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Routing;
import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Confirmation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where those wait whose peers want to know that every sink has the messages that go to it. What becomes of a message
 * is noted with whoever waits for it, so that nothing is forgotten before he has heard of it, and nothing kept of what
 * nobody waits for.
 */
final class DeliveryProgress {

    private static final Refusal DEAD = new Refusal("not delivered", Refusal.Kind.UNDELIVERED);
    private static final Refusal LATE =
            new Refusal("not delivered yet, and the listener or the connection ends", Refusal.Kind.UNDELIVERED);

    /** Whether anybody ever waits. */
    private volatile boolean awaited;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    private volatile List<Delivery> deliveries = List.of();
    private boolean refusing;

    /** Somebody who waits for messages that follow one another. Guarded by the lock. */
    private static final class Waiting {

        private final long position;
        private final int messages;
        private final Routing routing;
        private final Map<Integer, Refusal> dead = new HashMap<>();
        private int held;

        Waiting(long position, int messages, Routing routing) {
            this.position = position;
            this.messages = messages;
            this.routing = routing;
        }

        long end() {
            return position + messages;
        }
    }

    /** Those who wait do so for these from now on. */
    void of(List<Delivery> all) {
        deliveries = all;
        advanced();
    }

    /** Says whether anybody is to wait from now on; where once somebody did, others may still. */
    void awaited(boolean whether) {
        awaited |= whether;
    }

    /** Somebody will wait for messages, each of which goes its way. To be called before any sink can have them. */
    void expect(long position, int messages, Routing routing) {
        lock.lock();
        try {
            waiting.put(position, new Waiting(position, messages, routing));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that messages died. Called before their sink's position moves on, or else they would pass for delivered.
     */
    void died(List<DeadLetter> letters) {
        if (!awaited || letters.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (DeadLetter letter : letters) {
                Waiting of = of(letter.position());
                if (of != null) {
                    of.dead.put((int) (letter.position() - of.position), DEAD);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Messages are held for a sink, whose position will move on all the same. */
    void held(List<SpooledMessage> messages) {
        addHeld(messages, 1);
    }

    /** A sink is done with messages that were held. */
    void letGo(List<SpooledMessage> messages) {
        addHeld(messages, -1);
    }

    private void addHeld(List<SpooledMessage> messages, int count) {
        if (!awaited || messages.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (SpooledMessage message : messages) {
                Waiting of = of(message.position());
                if (of != null) {
                    of.held += count;
                }
            }
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Waiting of(long position) {
        Map.Entry<Long, Waiting> found = waiting.floorEntry(position);
        return found != null && position < found.getValue().end() ? found.getValue() : null;
    }

    /** A sink's position has moved on. */
    void advanced() {
        if (!awaited) {
            return;
        }
        lock.lock();
        try {
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void refuseHeld(boolean refuse) {
        lock.lock();
        try {
            refusing = refuse;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until their sinks are done with messages that were {@link #expect expected}, or the wait is refused or
     * interrupted.
     */
    Confirmation<Refusal> await(long position) {
        lock.lock();
        try {
            Waiting own = Objects.requireNonNull(waiting.get(position), "nobody expects what stands there");
            awaitDone(own);
            return isDone(own) ? Confirmation.allBut(own.dead) : Confirmation.none(own.messages, LATE);
        } finally {
            waiting.remove(position);
            lock.unlock();
        }
    }

    private void awaitDone(Waiting own) {
        try {
            while (!refusing && !isDone(own)) {
                advanced.await();
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isDone(Waiting own) {
        if (own.held > 0) {
            return false;
        }
        for (Delivery delivery : deliveries) {
            int behind = own.routing.behind(delivery.ledger().sink(), own.messages);
            if (behind > 0 && delivery.position() < own.position + behind) {
                return false;
            }
        }
        return true;
    }
}
