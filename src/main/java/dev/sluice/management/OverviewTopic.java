package dev.sluice.management;

import dev.sluice.listener.Listeners;
import dev.sluice.management.page.Topic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** All listeners in brief, once a second. However many look, they are gone through once. */
final class OverviewTopic implements Topic {

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    private final Listeners listeners;
    private @Nullable Overview last;
    private long lastAt;

    OverviewTopic(Listeners listeners) {
        this.listeners = listeners;
    }

    /**
     * All listeners at a moment.
     *
     * @param at in milliseconds since the epoch
     */
    record Overview(long at, Map<String, OverviewRow> listeners) {}

    @Override
    public String name() {
        return "overview";
    }

    @Override
    public Source open(String subject, String user) {
        return new Beat(this::overview);
    }

    private synchronized Overview overview() {
        long now = System.nanoTime();
        Overview known = last;
        if (known != null && now - lastAt < FRESH_NANOS) {
            return known;
        }
        Map<String, OverviewRow> rows = new LinkedHashMap<>();
        listeners.all().forEach(listener -> rows.put(listener.name(), OverviewRow.of(listener)));
        Overview made = new Overview(System.currentTimeMillis(), rows);
        last = made;
        lastAt = now;
        return made;
    }
}
