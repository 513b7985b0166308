package dev.sluice.transport.tcp;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to dial, over all listeners of the process: so many attempts are under way at once and no more,
 * however many devices are away. Listeners that wait take turns, so that one of thousands of devices does not hold up
 * one of a few.
 *
 * <p>Safe for use by any thread; nobody waits here.
 */
public final class DialTurns {

    private static final int MOST = 50;

    private final NameLookup names = new NameLookup();
    private final LinkedHashSet<Dialler> waiting = new LinkedHashSet<>();
    private int taken;

    /** Looks up the names of all devices. */
    NameLookup names() {
        return names;
    }

    /** The dialler has devices to dial, and does so as its turns come. */
    void request(Dialler dialler) {
        synchronized (this) {
            waiting.add(dialler);
        }
        give();
    }

    /** An attempt is over, one way or the other. */
    void release() {
        giveBack();
        give();
    }

    private void give() {
        for (Dialler next = take(); next != null; next = take()) {
            if (next.startNext()) {
                goOn(next);
            } else {
                giveBack();
            }
        }
    }

    private synchronized @Nullable Dialler take() {
        if (taken == MOST || waiting.isEmpty()) {
            return null;
        }
        taken++;
        return waiting.removeFirst();
    }

    private synchronized void giveBack() {
        taken--;
    }

    /** It may have more to dial, and others go first. */
    private synchronized void goOn(Dialler dialler) {
        waiting.addLast(dialler);
    }
}
