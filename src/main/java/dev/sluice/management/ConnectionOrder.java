package dev.sluice.management;

import dev.sluice.transport.Connection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sorts connections by what their JSON shows. What they are sorted by is asked once of each, since it changes
 * meanwhile.
 */
final class ConnectionOrder {

    private static final String USUAL = "openedAt";

    private static final Map<String, Function<Connection, @Nullable Comparable<?>>> KEYS = new TreeMap<>(Map.ofEntries(
            Map.entry("id", Connection::connection),
            Map.entry("listener", Connection::listener),
            Map.entry("remoteAddress", connection -> connection.origin().remoteAddress()),
            Map.entry("remotePort", connection -> connection.remote().getPort()),
            Map.entry("identity", connection -> connection.origin().identity()),
            Map.entry("tlsSubject", connection -> connection.tlsSubject().orElse(null)),
            Map.entry(USUAL, Connection::openedAt),
            Map.entry("lastReadAt", Connection::lastReadAt),
            Map.entry("messages.in", connection -> connection.counts().messagesIn()),
            Map.entry("messages.out", connection -> connection.counts().messagesOut()),
            Map.entry("bytes.in", connection -> connection.counts().bytesIn()),
            Map.entry("bytes.out", connection -> connection.counts().bytesOut())));

    private record Keyed(@Nullable Comparable<?> key, Connection connection) {

        String id() {
            return connection.connection();
        }
    }

    private final Function<Connection, @Nullable Comparable<?>> key;
    private final Comparator<Keyed> order;

    /**
     * @throws Refused if it is nothing to sort by; says what is
     */
    ConnectionOrder(Page page) {
        this.key = page.order(KEYS, USUAL);
        this.order = order(page.descending()).thenComparing(Keyed::id);
    }

    /** Those of which it is not known come last, either way. */
    @SuppressWarnings("unchecked") // one kind of key in each order
    private static Comparator<Keyed> order(boolean descending) {
        Comparator<Comparable<Object>> natural =
                descending ? Comparator.<Comparable<Object>>reverseOrder() : Comparator.naturalOrder();
        Comparator<@Nullable Comparable<Object>> last = Comparator.nullsLast(natural);
        return (one, other) -> last.compare((Comparable<Object>) one.key, (Comparable<Object>) other.key);
    }

    List<Connection> sorted(Stream<? extends Connection> connections) {
        return connections
                .map(connection -> new Keyed(key.apply(connection), connection))
                .sorted(order)
                .map(Keyed::connection)
                .toList();
    }
}
