package dev.sluice.delivery.spool;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Counts, while a spool is read, what an earlier run has left in it for each sink. Each message counts once. */
public final class Inheritance {

    private final Set<String> named;
    private final Map<String, Long> routed = new HashMap<>();
    private final Map<String, Long> waiting = new HashMap<>();
    /** Of messages that are held and not in the queue any more; bounded by what may be held. */
    private final Set<Long> heldAlone = new HashSet<>();

    private final Set<Integer> usedRoutes = new HashSet<>();
    private boolean mixed;
    private long messages;

    /**
     * @param named the sinks that the listener names now
     */
    public Inheritance(Collection<String> named) {
        this.named = Set.copyOf(named);
    }

    /** A row of the queue of which a sink is not done with a message that takes this route. */
    public void row(int route, int ofMessage) {
        usedRoutes.add(route);
        usedRoutes.add(ofMessage);
        mixed |= route != ofMessage;
    }

    /** Whether there is a row of which messages take different routes. */
    boolean isMixed() {
        return mixed;
    }

    /** Messages of the queue, some of which their sinks may be done with. */
    public void queued(int route, Set<String> sinks, long from, long end, Map<String, Long> cursors) {
        long start = Math.max(from, first(sinks, cursors, end));
        if (start >= end) {
            return;
        }
        count(route, sinks, end - start);
        for (String sink : sinks) {
            long behind = end - Math.max(start, cursors.getOrDefault(sink, end));
            if (behind > 0) {
                waiting.merge(sink, behind, Long::sum);
            }
        }
    }

    /** A message that is held for a sink. */
    public void held(int route, Set<String> sinks, long position, Map<String, Long> cursors) {
        usedRoutes.add(route);
        if (position < first(sinks, cursors, Long.MAX_VALUE) && heldAlone.add(position)) {
            count(route, sinks, 1);
        }
    }

    /**
     * A dead letter.
     *
     * @param again whether the same message is one of another sink's that was counted before
     */
    public void dead(int route, Set<String> sinks, long position, boolean again, Map<String, Long> cursors) {
        usedRoutes.add(route);
        if (!again && position < first(sinks, cursors, Long.MAX_VALUE) && !heldAlone.contains(position)) {
            count(route, sinks, 1);
        }
    }

    private void count(int route, Set<String> sinks, long count) {
        usedRoutes.add(route);
        sinks.forEach(sink -> routed.merge(sink, count, Long::sum));
        if (sinks.stream().anyMatch(named::contains)) {
            messages += count;
        }
    }

    private static long first(Set<String> sinks, Map<String, Long> cursors, long none) {
        return sinks.stream()
                .map(cursors::get)
                .filter(cursor -> cursor != null)
                .mapToLong(Long::longValue)
                .min()
                .orElse(none);
    }

    /** Whether anything that is left takes the route. */
    boolean uses(int route) {
        return usedRoutes.contains(route);
    }

    Inherited of(SpoolContents contents) {
        Set<String> sinks = new HashSet<>(routed.keySet());
        sinks.addAll(contents.cursors().keySet());
        sinks.addAll(contents.deadLetters().keySet());
        Map<String, Inherited.Share> shares = new HashMap<>();
        for (String sink : sinks) {
            shares.put(
                    sink,
                    new Inherited.Share(
                            routed.getOrDefault(sink, 0L),
                            waiting.getOrDefault(sink, 0L),
                            contents.held().getOrDefault(sink, Amount.NONE).messages(),
                            contents.deadLetters()
                                    .getOrDefault(sink, Amount.NONE)
                                    .messages()));
        }
        return new Inherited(messages, Map.copyOf(shares));
    }
}
