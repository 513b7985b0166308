package dev.sluice.delivery.spool;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is in a spool, in numbers.
 *
 * @param end how many messages were ever appended
 * @param named the sinks that the listener and its rules name; it is not in the file
 * @param own those of them that get messages whose rule names none; it is not in the file
 * @param cursors of each sink, the position of the first message that it is not done with
 * @param routes by number
 * @param deadLetters of each sink that has any
 * @param held for each sink that has any, what is kept aside of streams that it refuses
 * @param mixed whether there may be rows of which messages take different routes; see {@link SpoolSchema#MIXED}
 * @param apart for each sink, how many messages more go to it, of those appended since the opening, than if its
 *     listener's own sinks had always been those of now, and no rule named others; it is not in the file
 */
public record SpoolContents(
        long end,
        Set<String> named,
        Set<String> own,
        Map<String, Long> cursors,
        Map<Integer, RouteContents> routes,
        Map<String, Amount> deadLetters,
        Map<String, Amount> held,
        boolean mixed,
        Map<String, Long> apart) {

    /** What a spool holds that has just been made. */
    public static final SpoolContents EMPTY =
            new SpoolContents(0, Set.of(), Map.of(), Map.of(), Map.of(), Map.of(), false);

    /** Makes those of a spool that nobody uses yet, so that all its sinks pass for the listener's own. */
    public SpoolContents(
            long end,
            Set<String> named,
            Map<String, Long> cursors,
            Map<Integer, RouteContents> routes,
            Map<String, Amount> deadLetters,
            Map<String, Amount> held,
            boolean mixed) {
        this(end, named, named, cursors, routes, deadLetters, held, mixed, Map.of());
    }

    /** The position of the first message that a named sink waits for; the end if none does. */
    long first() {
        return named.stream()
                .mapToLong(sink -> cursors.getOrDefault(sink, end))
                .min()
                .orElse(end);
    }

    SpoolContents with(Map<String, Amount> letters, Map<String, Amount> heldNow) {
        return new SpoolContents(end, named, own, cursors, routes, letters, heldNow, mixed, apart);
    }

    /** The same without what has been appended since, of which so many messages go apart. */
    SpoolContents withoutAppended(SpoolContents before, Map<String, Long> apartBefore) {
        Map<Integer, RouteContents> kept = new HashMap<>();
        // A route that came with what was appended stays, though nothing has taken it.
        routes.forEach((number, route) -> kept.put(
                number,
                route.withoutAppended(
                        before.routes.getOrDefault(number, RouteContents.empty(route.sinks())), before.end)));
        return new SpoolContents(
                before.end, named, own, cursors, Map.copyOf(kept), deadLetters, held, mixed, Map.copyOf(apartBefore));
    }

    /** The same where it is known whether there are rows of which messages take different routes. */
    public SpoolContents with(boolean mixedNow) {
        return new SpoolContents(end, named, own, cursors, routes, deadLetters, held, mixedNow, apart);
    }

    /** Whether anything waits in the queue. */
    boolean waits() {
        return routes.values().stream().anyMatch(route -> route.waiting() > 0);
    }

    /** Whether anything waits for a sink that is done with all before a position. */
    boolean waits(String sink, long position) {
        return routes.values().stream().anyMatch(route -> route.sinks().contains(sink) && position < route.end());
    }

    /** Whether every message of the queue goes to a sink. */
    boolean allGoTo(String sink) {
        return !mixed
                && routes.values().stream().allMatch(route -> route.sinks().contains(sink) || route.waiting() == 0);
    }

    /** Which version of the file can hold it. */
    int version() {
        return mixed ? SpoolSchema.MIXED : SpoolSchema.PLAIN;
    }

    /** What all sinks are done with, of content that was ever appended. */
    long done() {
        return routes.values().stream().mapToLong(RouteContents::done).sum();
    }

    /** How many dead letters there are, of all sinks. */
    long deadLettered() {
        return deadLetters.values().stream().mapToLong(Amount::messages).sum();
    }

    /** What counts towards the capacity: not what only sinks wait for that the listener does not name any more. */
    long bytes() {
        long bytes = routes.values().stream()
                .mapToLong(RouteContents::waitingForNamed)
                .sum();
        return bytes + ofNamed(deadLetters) + ofNamed(held);
    }

    private long ofNamed(Map<String, Amount> amounts) {
        return amounts.entrySet().stream()
                .filter(amount -> named.contains(amount.getKey()))
                .mapToLong(amount -> amount.getValue().bytes())
                .sum();
    }

    /** All that must be in the file, in a form of which the file has the checksum. */
    String inventory() {
        StringBuilder text = new StringBuilder(128);
        text.append(new TreeMap<>(cursors));
        new TreeMap<>(routes)
                .forEach((number, route) -> text.append(number).append(':').append(route.waiting()));
        return text.append(new TreeMap<>(deadLetters))
                .append(new TreeMap<>(held))
                .toString();
    }
}
