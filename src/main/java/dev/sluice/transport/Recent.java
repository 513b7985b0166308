package dev.sluice.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The last few of something; older ones give way. Safe for use by any thread, and nobody waits for another. */
public final class Recent<T> {

    private final AtomicReferenceArray<@Nullable T> ring;
    private final AtomicLong added = new AtomicLong();

    /** One that keeps so many. */
    public Recent(int most) {
        ring = new AtomicReferenceArray<>(most);
    }

    public void add(T one) {
        ring.set(place(added.getAndIncrement()), one);
    }

    /** Returns those that are kept, newest first. */
    public List<T> newestFirst() {
        List<T> found = new ArrayList<>();
        long end = added.get();
        for (long number = end - 1; number >= Math.max(0, end - ring.length()); number--) {
            T one = ring.get(place(number));
            // Not there yet, if it is being added just now.
            if (one != null) {
                found.add(one);
            }
        }
        return found;
    }

    private int place(long number) {
        return (int) (number % ring.length());
    }
}
