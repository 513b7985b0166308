package dev.sluice.management;

import dev.sluice.management.page.Topic;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Makes an event once a second. Used by one thread. */
final class Beat implements Topic.Source {

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Whoever asks a little early need not wait for another turn. */
    private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Supplier<?> event;
    private long due = System.nanoTime();

    Beat(Supplier<?> event) {
        this.event = event;
    }

    @Override
    public List<?> next() {
        long now = System.nanoTime();
        if (now - due < -EARLY_NANOS) {
            return List.of();
        }
        due = now + SECOND_NANOS;
        return List.of(event.get());
    }
}
