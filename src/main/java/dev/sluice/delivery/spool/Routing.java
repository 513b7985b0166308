package dev.sluice.delivery.spool;

import java.util.Map;
import java.util.Set;

/**
 * Which routes the messages of one append take.
 *
 * <p>Their row takes a route to all sinks that any of them goes to. A message that goes to fewer names its own.
 *
 * @param row the number of the row's route
 * @param own the sinks of messages whose rule names none, when these were given their way
 * @param routes the sinks of each route that occurs, that of the row included
 * @param named for each message the number of its route, 0 where that is the row's; empty if it is so for all
 * @param behind for each sink the index behind the last message that goes to it; empty if all go to all
 * @param apart for each sink, how many more of the messages go to it than if no rule had named sinks
 */
public record Routing(
        int row,
        Set<String> own,
        Map<Integer, Set<String>> routes,
        int[] named,
        Map<String, Integer> behind,
        Map<String, Long> apart) {

    /** All messages take the route of their row, which is that of messages whose rule names no sinks. */
    Routing(int row, Set<String> own) {
        this(row, own, Map.of(row, own), new int[0], Map.of(), Map.of());
    }

    /** The route that a message names; 0 if it takes that of its row. */
    int named(int index) {
        return named.length == 0 ? 0 : named[index];
    }

    /** Whether any names one. */
    boolean isMixed() {
        return named.length > 0;
    }

    /** Whether rules have named sinks. */
    boolean isApart() {
        return !behind.isEmpty();
    }

    /**
     * Returns the index behind the last message that goes to a sink; 0 if none does.
     *
     * @param messages how many there are
     */
    public int behind(String sink, int messages) {
        if (isApart()) {
            return behind.getOrDefault(sink, 0);
        }
        return routes.getOrDefault(row, Set.of()).contains(sink) ? messages : 0;
    }
}
