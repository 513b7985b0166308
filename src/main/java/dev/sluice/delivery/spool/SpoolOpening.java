package dev.sluice.delivery.spool;

import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Fits what was found in a spool to the sinks that its listener names now.
 *
 * <p>A sink that is named for the first time gets what comes from now on. One that is named no more gets nothing new:
 * what comes takes another route. If it is named again it takes up what was left, and what is new. One of which nothing
 * is left is forgotten.
 */
final class SpoolOpening {

    private final SpoolFile file;
    private final Spool.Found found;
    private final Set<String> named;
    private final Set<String> own;
    private final Map<String, Long> cursors;
    private final Map<Integer, RouteContents> routes;

    /**
     * @param sinks that the listener and its rules name
     * @param own those of the listener, for messages whose rule names none
     */
    SpoolOpening(SpoolFile file, Spool.Found found, Collection<String> sinks, Collection<String> own) {
        this.file = file;
        this.found = found;
        this.named = Set.copyOf(sinks);
        this.own = Set.copyOf(own);
        this.cursors = new HashMap<>(found.contents().cursors());
        this.routes = new HashMap<>(found.contents().routes());
    }

    /**
     * What is in the spool now, and on disk.
     *
     * @param routes those that what comes can take
     */
    record Opened(SpoolContents contents, RouteTable routes) {}

    Opened open() throws SQLException {
        long end = found.contents().end();
        for (String sink : named) {
            if (cursors.putIfAbsent(sink, end) == null) {
                file.putCursor(sink, end);
            }
        }
        Inherited inherited = found.inherited();
        for (String sink : found.contents().cursors().keySet()) {
            if (!named.contains(sink)
                    && inherited.of(sink).waiting() + inherited.of(sink).held() == 0) {
                cursors.remove(sink);
                file.removeCursor(sink);
            }
        }
        int route = own.isEmpty() ? 0 : routeOf(own);
        for (Integer number : Set.copyOf(routes.keySet())) {
            if (number != route && !found.inheritance().uses(number)) {
                routes.remove(number);
                file.delete(number, 0, end);
                file.removeRoute(number);
            }
        }
        for (Map.Entry<Integer, RouteContents> entry : routes.entrySet()) {
            entry.setValue(counted(entry.getKey(), entry.getValue()));
        }
        SpoolContents contents = new SpoolContents(
                end,
                named,
                own,
                Map.copyOf(cursors),
                Map.copyOf(routes),
                found.contents().deadLetters(),
                found.contents().held(),
                found.inheritance().isMixed(),
                Map.of());
        file.putEnd(contents);
        file.commit();
        return new Opened(contents, new RouteTable(routes, named, own, route));
    }

    private int routeOf(Set<String> sinks) throws SQLException {
        int last = 0;
        for (Map.Entry<Integer, RouteContents> route : routes.entrySet()) {
            if (route.getValue().sinks().equals(sinks)) {
                return route.getKey();
            }
            last = Math.max(last, route.getKey());
        }
        int number = last + 1;
        routes.put(number, RouteContents.empty(sinks));
        file.putRoute(number, sinks);
        return number;
    }

    /** The route with what its sinks are done with, now that some of them may be forgotten. */
    private RouteContents counted(int number, RouteContents route) throws SQLException {
        return route.with(
                file.done(number, route, route.first(cursors), route.done()),
                file.done(number, route, route.first(cursors, named), route.done()));
    }
}
