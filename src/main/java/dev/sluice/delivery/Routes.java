package dev.sluice.delivery;

import dev.sluice.delivery.spool.Sqlite;
import dev.sluice.sink.Sink;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The routes of all listeners that have sinks. They are there before the first listener starts, whether it does or not,
 * since an earlier run may have left something to deliver; and they end after the last has stopped.
 */
public final class Routes implements SmartLifecycle {

    /** Before the listeners, which come last. */
    public static final int PHASE = DEFAULT_PHASE - 1;

    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private final DurableRoutes durables;
    /** What is declared now. */
    private volatile DeclaredRoutes declared;

    private final Map<String, SharedSink> sinks = new ConcurrentHashMap<>();
    private final Retirement retirement = new Retirement(this::endDone);
    private volatile Runnable onEnd = () -> {};
    private final Map<String, Route> routes = Collections.synchronizedMap(new LinkedHashMap<>());
    /** Of which the listener is not declared, or has no use for a spool any more. */
    private final Map<String, DurableRoute> abandoned = Collections.synchronizedMap(new LinkedHashMap<>());

    private volatile boolean running;

    /**
     * @param directory of the spools
     */
    public Routes(Path directory, DeclaredRoutes declared) {
        this.durables = new DurableRoutes(directory);
        this.declared = declared;
        if (declared.routes().stream().anyMatch(RouteDeclaration::isDurable)) {
            Sqlite.loadAhead();
        }
    }

    /** Of a listener; nothing if it has no sinks. */
    public Optional<Route> find(String listener) {
        return Optional.ofNullable(routes.get(listener));
    }

    public Collection<Route> all() {
        return List.copyOf(routes.values());
    }

    /** All spools: those of listeners, and those that an earlier run has left behind. */
    public List<DurableRoute> spools() {
        Stream<DurableRoute> inUse =
                all().stream().filter(DurableRoute.class::isInstance).map(DurableRoute.class::cast);
        return Stream.concat(inUse, List.copyOf(abandoned.values()).stream()).toList();
    }

    public Optional<DurableRoute> findSpool(String listener) {
        return spools().stream()
                .filter(spool -> spool.listener().equals(listener))
                .findFirst();
    }

    /** Whether a listener uses the spool of its name. */
    public boolean isInUse(DurableRoute spool) {
        return routes.get(spool.listener()) == spool;
    }

    /**
     * Begins to deliver what is left of a sink.
     *
     * @param to the name of the sink that takes it
     * @return nothing if no such sink is declared; else whether it was not being delivered yet
     */
    public Optional<Boolean> deliver(DurableRoute spool, String sink, String to) {
        return outlet(spool.listener(), to).map(outlet -> spool.leftOvers().deliver(sink, to, outlet));
    }

    /** Returns the way of what is left over to a sink; nothing if it is not declared. */
    private Optional<Sender.Outlet> outlet(String listener, String sink) {
        DeclaredRoutes now = declared;
        if (!now.sinks().contains(sink)) {
            return Optional.empty();
        }
        Sink target =
                sinks.computeIfAbsent(sink, name -> new SharedSink(now.factory().apply(name)));
        return Optional.of(now.of(listener)
                .map(declaration -> new Sender.Outlet(declaration.used(target), declaration.properties()))
                .orElseGet(() -> new Sender.Outlet(target, DeliveryProperties.DEFAULTS)));
    }

    /**
     * Opens the spools and begins to deliver.
     *
     * @throws dev.sluice.delivery.spool.SpoolException if a spool, or the directory, cannot be opened
     */
    @Override
    public void start() {
        if (running) {
            return;
        }
        running = true;
        try {
            DeclaredRoutes now = declared;
            for (String name : now.used()) {
                sinks.put(name, new SharedSink(now.factory().apply(name)));
            }
            for (RouteDeclaration declaration : now.routes()) {
                routes.put(declaration.listener(), open(declaration, sinks, null));
            }
            durables.openAbandoned(
                    now,
                    name -> routes.get(name) instanceof DurableRoute,
                    route -> abandoned.put(route.listener(), route));
            spools().forEach(this::deliverLeftOvers);
        } catch (RuntimeException ex) {
            stop();
            throw ex;
        }
    }

    /**
     * @param from sinks by name
     * @param before the route that this one takes the place of, if it delivers directly; null if it does not
     */
    Route open(RouteDeclaration declaration, Map<String, ? extends Sink> from, @Nullable DirectRoute before) {
        Map<String, Sink> opened = declaration.sinksFrom(from);
        if (!declaration.isDurable()) {
            return new DirectRoute(declaration.listener(), opened, declaration.own(), before);
        }
        return durables.open(declaration, opened);
    }

    /**
     * Prepares that something else is declared. What can fail is tried by that, and nothing is different yet. One at a
     * time, while this runs.
     *
     * @param changed the names of sinks whose declaration differs from that of now
     * @throws RuntimeException if a sink or a spool cannot be opened
     */
    public RoutesChange change(DeclaredRoutes next, Set<String> changed) {
        return new RoutesChange(this, next, changed);
    }

    /** All that a change concerns. */
    record State(
            DeclaredRoutes declared,
            Map<String, SharedSink> sinks,
            Map<String, Route> routes,
            Map<String, DurableRoute> abandoned) {}

    /** Returns how it is, which stays so until {@link #become} or {@link #endChange}, but for what comes. */
    State beginChange() {
        retirement.suspend();
        synchronized (abandoned) {
            return new State(declared, Map.copyOf(sinks), new LinkedHashMap<>(routes), new LinkedHashMap<>(abandoned));
        }
    }

    void become(State state) {
        declared = state.declared();
        sinks.putAll(state.sinks());
        sinks.keySet().retainAll(state.sinks().keySet());
        replace(routes, state.routes());
        replace(abandoned, state.abandoned());
        for (DurableRoute spool : spools()) {
            spool.leftOvers().change(sink -> outletIfAny(spool.listener(), sink));
        }
    }

    /** Replaces them so that at no moment one is missing that stays. */
    private static <V> void replace(Map<String, V> all, Map<String, V> by) {
        synchronized (all) {
            all.keySet().retainAll(by.keySet());
            all.putAll(by);
        }
    }

    private Optional<Sender.Outlet> outletIfAny(String listener, String sink) {
        try {
            return outlet(listener, sink);
        } catch (RuntimeException ex) {
            log.warn(
                    "Spool '{}': what is left for sink '{}' waits, since it cannot be opened: {}",
                    listener,
                    sink,
                    ex.getMessage());
            return Optional.empty();
        }
    }

    void endChange() {
        retirement.resume();
    }

    void retire(Collection<SharedSink> unused) {
        unused.forEach(retirement::close);
    }

    /** Has somebody told whenever nothing is left any more of what was left over, by the thread that finds it. */
    public void whenDone(Runnable told) {
        onEnd = told;
    }

    /** Ends what is left over once nothing is left. Returns whether anything still is. */
    private boolean endDone() {
        boolean left = false;
        long before = leftOvers();
        for (DurableRoute spool : spools()) {
            left |= spool.leftOvers().endDone();
        }
        for (DurableRoute spool : List.copyOf(abandoned.values())) {
            if (spool.leftOvers().ledgers().isEmpty()) {
                abandoned.remove(spool.listener(), spool);
                spool.close();
            }
        }
        if (leftOvers() != before) {
            onEnd.run();
        }
        return left;
    }

    private long leftOvers() {
        return spools().stream()
                .mapToLong(spool -> spool.leftOvers().ledgers().size())
                .sum();
    }

    /**
     * Locks the data directory, unless that is done, and returns it. It stays locked until the routes have stopped.
     *
     * @throws dev.sluice.delivery.spool.SpoolException if it cannot be had
     */
    public Path lockedDirectory() {
        return durables.lockedDirectory();
    }

    private void deliverLeftOvers(DurableRoute route) {
        for (SinkLedger ledger : route.leftOvers().ledgers()) {
            boolean delivered = deliver(route, ledger.sink(), ledger.sink()).isPresent();
            route.leftOvers().tell(ledger, isInUse(route), delivered);
        }
    }

    @Override
    public void stop() {
        retirement.suspend();
        // All at once: each may have to wait for a send that its sink does not answer.
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            all().forEach(route -> threads.execute(route::close));
            List.copyOf(abandoned.values()).forEach(route -> threads.execute(route::close));
        }
        routes.clear();
        abandoned.clear();
        sinks.values().forEach(SharedSink::close);
        sinks.clear();
        durables.close();
        running = false;
        retirement.resume();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
