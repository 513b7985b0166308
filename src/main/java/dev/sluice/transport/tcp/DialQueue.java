package dev.sluice.transport.tcp;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whom a listener is to dial next, and who is being dialled. A device waits here until it is due. An attempt then takes
 * it, and gives it back at its end, or at that of the connection that came of it. Safe for use by any thread.
 */
final class DialQueue {

    private final Object lock = new Object();

    /** Replaced as a whole, under the lock. */
    private volatile DialTerms terms;

    // All guarded by the lock, as is whether devices are taken.
    /** Those that nobody has taken, the next to be dialled first. */
    private final PriorityQueue<DialledDevice> waiting =
            new PriorityQueue<>((one, other) -> Long.signum(one.dueAt - other.dueAt));

    /** Those that have led to nothing yet. */
    private final Set<DialAttempt> underWay = new HashSet<>();

    private boolean dialling;

    DialQueue(DialTerms terms) {
        this.terms = terms;
    }

    /** Returns whom to dial, and how. */
    DialTerms terms() {
        return terms;
    }

    /** All devices are to be dialled now. */
    void open() {
        synchronized (lock) {
            dialling = true;
            terms.devices().all().forEach(this::await);
        }
    }

    /** The device is to be dialled now, unless it is already. Under the lock. */
    private void await(DialledDevice device) {
        if (!device.taken) {
            device.forget();
            device.dueAt = System.nanoTime();
            waiting.add(device);
        }
    }

    /** These devices are to be dialled from now on, and no others. Those that are taken stay so. */
    void change(DialTerms changed) {
        synchronized (lock) {
            List<DialledDevice> former = terms.devices().all();
            terms = changed;
            former.forEach(device -> device.declared = false);
            for (DialledDevice device : changed.devices().all()) {
                device.declared = true;
                device.waitAtMost(changed.properties().connectMaxBackoff());
            }
            waiting.removeIf(device -> !device.declared);
            if (dialling) {
                Set<DialledDevice> known = Set.copyOf(former);
                changed.devices().all().stream()
                        .filter(device -> !known.contains(device))
                        .forEach(this::await);
            }
        }
    }

    /** Returns whether a device is one of those to dial. */
    boolean isDeclared(DialledDevice device) {
        synchronized (lock) {
            return device.declared;
        }
    }

    /** Returns the attempts at devices that are not to be dialled any more; nothing can come of these. */
    List<DialAttempt> takeUndeclared() {
        synchronized (lock) {
            List<DialAttempt> undeclared = underWay.stream()
                    .filter(attempt -> !attempt.device().declared)
                    .toList();
            undeclared.forEach(underWay::remove);
            return undeclared;
        }
    }

    /** Nobody is to be dialled any more. Returns the attempts that were under way; nothing can come of these. */
    List<DialAttempt> close() {
        synchronized (lock) {
            dialling = false;
            waiting.forEach(DialledDevice::forget);
            waiting.clear();
            List<DialAttempt> ended = List.copyOf(underWay);
            underWay.clear();
            return ended;
        }
    }

    /** Returns whether there is a device to be dialled now. */
    boolean isDue() {
        synchronized (lock) {
            DialledDevice next = waiting.peek();
            return next != null && next.dueAt - System.nanoTime() <= 0;
        }
    }

    /**
     * Has an attempt take the next device that is due.
     *
     * @param attempting makes the attempt
     * @return it; null if no device is due
     */
    @Nullable
    DialAttempt take(BiFunction<DialledDevice, DialTerms, DialAttempt> attempting) {
        synchronized (lock) {
            if (!isDue()) {
                return null;
            }
            DialledDevice device = waiting.remove();
            device.taken = true;
            DialAttempt attempt = attempting.apply(device, terms);
            underWay.add(attempt);
            return attempt;
        }
    }

    /** Makes the connection that comes of an attempt. */
    interface Connecting {

        FramedConnection connect() throws IOException;
    }

    /**
     * An attempt has reached its device. Whoever takes the attempts that are under way finds it among these, or finds
     * its connection.
     *
     * @return the connection; null if the attempt had been taken, so that none was made
     */
    @Nullable
    FramedConnection reached(DialAttempt attempt, Connecting connecting) throws IOException {
        synchronized (lock) {
            return underWay.remove(attempt) ? connecting.connect() : null;
        }
    }

    /**
     * An attempt is over, and with it its connection, if there was one.
     *
     * @param nanos how long its device is to wait for the next, unless the listener has ended this one
     * @return whether its device is away now, and was not before
     */
    boolean giveBack(DialAttempt attempt, long nanos) {
        DialledDevice device = attempt.device();
        synchronized (lock) {
            underWay.remove(attempt);
            device.taken = false;
            boolean dialled = dialling && device.declared;
            boolean ofItself = dialled && !attempt.isEndedByListener();
            boolean away = ofItself && device.away(attempt.failure());
            if (!ofItself) {
                device.forget();
            }
            if (dialled) {
                device.dueAt = System.nanoTime() + (ofItself ? nanos : 0);
                waiting.add(device);
            }
            return away;
        }
    }
}
