package dev.sluice.delivery;

import dev.sluice.sink.Sink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A change of what is declared of routes, which has been prepared: sinks and spools that have to be opened are open,
 * and nothing is different yet. Used by one thread: {@link #commit}, {@link #undo} if that or something else fails, and
 * {@link #close} at the end in any case.
 *
 * <p>No message is lost by it, nor held up: a spool stays open while its sinks change, and what waits for a sink that
 * is not named any more is left over, as after a restart.
 */
public final class RoutesChange implements AutoCloseable {

    private final Routes routes;
    private final Routes.State before;
    private final DeclaredRoutes next;
    private final Map<String, SharedSink> sinks = new LinkedHashMap<>();
    private final Map<String, Route> after = new LinkedHashMap<>();
    /** What was opened for this. */
    private final List<SharedSink> opened = new ArrayList<>();

    private final List<DurableRoute> made = new ArrayList<>();
    private boolean begun;

    RoutesChange(Routes routes, DeclaredRoutes next, Set<String> changed) {
        this.routes = routes;
        this.next = next;
        this.before = routes.beginChange();
        try {
            before.sinks().forEach((name, sink) -> {
                if (next.sinks().contains(name) && !changed.contains(name)) {
                    sinks.put(name, sink);
                }
            });
            for (String name : next.used()) {
                if (!sinks.containsKey(name)) {
                    SharedSink sink = new SharedSink(next.factory().apply(name));
                    opened.add(sink);
                    sinks.put(name, sink);
                }
            }
            for (RouteDeclaration declaration : next.routes()) {
                after.put(declaration.listener(), route(declaration));
            }
        } catch (RuntimeException ex) {
            closeOpened();
            close();
            throw ex;
        }
    }

    private Route route(RouteDeclaration declaration) {
        String name = declaration.listener();
        Route now = before.routes().get(name);
        if (!declaration.isDurable()) {
            return routes.open(declaration, sinks, now instanceof DirectRoute direct ? direct : null);
        }
        if (now instanceof DurableRoute durable) {
            return durable;
        }
        DurableRoute left = before.abandoned().get(name);
        if (left != null) {
            return left;
        }
        DurableRoute durable = (DurableRoute) routes.open(declaration, sinks, null);
        made.add(durable);
        return durable;
    }

    /** Returns the route that a listener will have; nothing if it will have no sinks. */
    public Optional<Route> find(String listener) {
        return Optional.ofNullable(after.get(listener));
    }

    /**
     * From now on messages go as is declared next.
     *
     * @throws RuntimeException if the file of a spool cannot be written; {@link #undo} is to be called then
     */
    public void commit() {
        begun = true;
        for (RouteDeclaration declaration : next.routes()) {
            if (after.get(declaration.listener()) instanceof DurableRoute durable && !made.contains(durable)) {
                change(durable, declaration, sinks);
            }
        }
        Map<String, DurableRoute> abandoned = new LinkedHashMap<>(before.abandoned());
        abandoned.keySet().removeIf(name -> after.get(name) instanceof DurableRoute);
        before.routes().forEach((name, route) -> {
            if (route instanceof DurableRoute durable && after.get(name) != durable) {
                durable.abandon();
                abandoned.put(name, durable);
            }
        });
        routes.become(new Routes.State(next, sinks, after, abandoned));
    }

    private static void change(DurableRoute route, RouteDeclaration declaration, Map<String, ? extends Sink> sinks) {
        route.change(
                declaration.sinksFrom(sinks),
                Set.copyOf(declaration.own()),
                declaration.properties(),
                declaration.untilDelivered());
    }

    /** Messages go as they did before, whether a {@link #commit} has begun or not. */
    public void undo() {
        if (begun) {
            restore();
        }
        closeOpened();
    }

    private void restore() {
        for (RouteDeclaration declaration : before.declared().routes()) {
            if (before.routes().get(declaration.listener()) instanceof DurableRoute durable) {
                change(durable, declaration, before.sinks());
            }
        }
        before.abandoned().values().forEach(DurableRoute::abandon);
        routes.become(before);
    }

    private void closeOpened() {
        made.forEach(DurableRoute::close);
        routes.retire(opened);
    }

    /** Lets go of what is not needed any more, in the background. To be called behind a {@link #commit} that holds. */
    public void retire() {
        List<SharedSink> unused = new ArrayList<>(before.sinks().values());
        unused.removeAll(sinks.values());
        routes.retire(unused);
    }

    @Override
    public void close() {
        routes.endChange();
    }
}
