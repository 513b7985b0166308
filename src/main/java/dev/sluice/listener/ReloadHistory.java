package dev.sluice.listener;

import dev.sluice.listener.Reload.Result;
import dev.sluice.listener.Reload.Status;
import dev.sluice.listener.configuration.ConfigurationPlan;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The last reloads, and what became of them. Safe for use by any thread. */
public final class ReloadHistory {

    private static final int MOST = 20;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Map<Status, Long> counts = new TreeMap<>();
    private Entry applied = new Entry(Instant.now(), "start", Status.APPLIED, "started", List.of());

    ReloadHistory() {}

    /**
     * A reload.
     *
     * @param by whom
     * @param summary what changed, in a line
     * @param problems why nothing did
     */
    public record Entry(Instant at, String by, Status status, String summary, List<String> problems) {}

    synchronized void add(String by, Result result) {
        Entry entry = new Entry(Instant.now(), by, result.status(), summary(result), result.problems());
        if (entries.size() == MOST) {
            entries.removeLast();
        }
        entries.addFirst(entry);
        counts.merge(result.status(), 1L, Long::sum);
        if (result.status() == Status.APPLIED) {
            applied = entry;
        }
    }

    /** Returns the last twenty, the last one first. */
    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** Returns the one that what runs comes from: the start, or the last reload that was applied. */
    public synchronized Entry applied() {
        return applied;
    }

    /** Returns whether what was asked last has been done. */
    public synchronized boolean lastSucceeded() {
        Entry last = entries.peekFirst();
        return last == null || last.status() == Status.APPLIED || last.status() == Status.UNCHANGED;
    }

    /** Returns how many have come out like this. */
    public synchronized long count(Status status) {
        return counts.getOrDefault(status, 0L);
    }

    static String summary(Result result) {
        @Nullable ConfigurationPlan plan = result.plan();
        if (plan == null || plan.isEmpty()) {
            return "nothing";
        }
        List<String> parts = new ArrayList<>();
        plan.listeners().forEach((name, changed) -> parts.add(part("listener", name, changed)));
        plan.sinks().forEach((name, changed) -> parts.add(part("sink", name, changed)));
        plan.others().forEach(key -> parts.add(key.key()));
        plan.onStart().forEach(key -> parts.add(key.key()));
        return parts.size() > 8 ? String.join(", ", parts.subList(0, 8)) + ", …" : String.join(", ", parts);
    }

    private static String part(String what, String name, ConfigurationPlan.Changed changed) {
        return what + " " + name + " " + changed.change().name().toLowerCase(Locale.ROOT);
    }
}
