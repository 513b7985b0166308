package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the routes. A route gets its number when the first message takes it, and comes into the file with that
 * message. Safe for use by any thread.
 */
final class RouteTable {

    /** Beyond these, rows of messages whose routes differ take one to all sinks: a few rows then wait for too many. */
    private static final int MOST_ROUTES = 64;

    /** What the listener declares now. */
    private volatile Usual usual;

    private final Map<Set<String>, Integer> numbers = new ConcurrentHashMap<>();
    private final AtomicInteger last = new AtomicInteger();

    /**
     * @param named the sinks that the listener and its rules name
     * @param way of messages whose rule names none
     */
    private record Usual(Set<String> named, Routing way) {}

    /**
     * @param routes those in the file
     * @param named the sinks that the listener and its rules name
     * @param own those of the listener, for messages whose rule names none
     * @param number of the route to these; 0 if there are none
     */
    RouteTable(Map<Integer, RouteContents> routes, Set<String> named, Collection<String> own, int number) {
        routes.forEach((known, route) -> {
            numbers.put(route.sinks(), known);
            last.accumulateAndGet(known, Math::max);
        });
        Set<String> usually = Set.copyOf(own);
        if (number != 0) {
            numbers.put(usually, number);
            last.accumulateAndGet(number, Math::max);
        }
        this.usual = new Usual(named, new Routing(number, usually));
    }

    Set<String> own() {
        return usual.way.own();
    }

    /** Returns the sinks that the listener and its rules name. */
    Set<String> named() {
        return usual.named;
    }

    /** Returns the number of the route to these sinks; 0 if there are none. */
    int numberOf(Set<String> sinks) {
        return sinks.isEmpty() ? 0 : number(sinks);
    }

    /**
     * The listener declares other sinks from now on.
     *
     * @param own those of them that get messages whose rule names none; their route is in the file
     */
    void change(Set<String> named, Set<String> own) {
        usual = new Usual(named, new Routing(numberOf(own), own));
    }

    /** Returns the way of messages that are appended together; null if some of them go nowhere. */
    @Nullable
    Routing of(List<? extends Envelope> messages) {
        Usual now = usual;
        if (now.way.own().isEmpty() && messages.stream().anyMatch(message -> message.sinks() == null)) {
            return null;
        }
        for (Envelope message : messages) {
            if (message.sinks() != null) {
                return apart(messages, now.way.own(), now.named);
            }
        }
        return now.way;
    }

    private Routing apart(List<? extends Envelope> messages, Set<String> own, Set<String> named) {
        Map<@Nullable List<String>, Taken> byNames = new HashMap<>();
        Map<Integer, Taken> byNumber = new HashMap<>();
        int[] routes = new int[messages.size()];
        List<String> names = messages.getFirst().sinks();
        Taken taken = taken(names, own, byNumber);
        byNames.put(names, taken);
        for (int i = 0; i < routes.length; i++) {
            List<String> next = messages.get(i).sinks();
            // The same object for all messages of a rule.
            @SuppressWarnings("ReferenceEquality")
            boolean changed = next != names;
            if (changed) {
                names = next;
                taken = byNames.computeIfAbsent(next, _ -> taken(next, own, byNumber));
            }
            routes[i] = taken.number;
            taken.count++;
            taken.behind = i + 1;
        }
        Collection<Taken> all = byNumber.values();
        Map<String, Integer> behind = new HashMap<>();
        Apart apart = new Apart(Map.of());
        for (Taken some : all) {
            some.sinks.forEach(sink -> behind.merge(sink, some.behind, Math::max));
            apart.add(some.sinks, own, some.count);
        }
        Map<Integer, Set<String>> sinks = new HashMap<>();
        byNumber.forEach((number, some) -> sinks.put(number, some.sinks));
        if (all.size() == 1) {
            return new Routing(routes[0], own, sinks, new int[0], behind, apart.now());
        }
        Set<String> union = Set.copyOf(behind.keySet());
        if (!numbers.containsKey(union) && numbers.size() >= MOST_ROUTES) {
            union = Stream.concat(union.stream(), named.stream()).collect(Collectors.toUnmodifiableSet());
        }
        int row = number(union);
        sinks.put(row, union);
        Arrays.setAll(routes, i -> routes[i] == row ? 0 : routes[i]);
        return new Routing(row, own, sinks, routes, behind, apart.now());
    }

    private Taken taken(@Nullable List<String> names, Set<String> own, Map<Integer, Taken> byNumber) {
        Set<String> sinks = names == null ? own : Set.copyOf(names);
        if (sinks.isEmpty()) {
            throw new IllegalArgumentException("a message that goes to no sink");
        }
        return byNumber.computeIfAbsent(number(sinks), number -> new Taken(number, sinks));
    }

    private int number(Set<String> sinks) {
        return numbers.computeIfAbsent(sinks, _ -> last.incrementAndGet());
    }

    /** A route that some messages of an append take. */
    private static final class Taken {

        private final int number;
        private final Set<String> sinks;
        private int count;
        /** The index behind the last of them. */
        private int behind;

        Taken(int number, Set<String> sinks) {
            this.number = number;
            this.sinks = sinks;
        }
    }
}
