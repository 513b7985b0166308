package dev.sluice.listener;

import dev.sluice.delivery.DeclaredRoutes;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.RoutesChange;
import dev.sluice.listener.configuration.ConfigurationPlan;
import dev.sluice.listener.configuration.ConfigurationPlan.Change;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.SluiceProperties;
import dev.sluice.memory.Halt;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of all listeners from one configuration to another: prepared, then committed, and undone if that fails
 * halfway. Used once, by one thread; the life of listeners that stay is held meanwhile.
 */
final class ListenersChange {

    private static final Logger log = LoggerFactory.getLogger(ListenersChange.class);

    private final Listeners listeners;
    private final ListenerFactory factory;
    private final SluiceProperties now;
    private final SluiceProperties next;
    private final ListenerFactory.Surroundings around;
    private final RoutesChange routes;
    private final Map<String, Listener> before = new LinkedHashMap<>();
    /** Of those that stay. */
    private final TransportChanges changes;

    private final LeavingListeners leaving = new LeavingListeners();
    private final Set<String> added = new LinkedHashSet<>();
    private final Map<String, Listener> made = new LinkedHashMap<>();
    private final List<Listener> held = new ArrayList<>();

    /**
     * @throws IOException if a port cannot be had
     * @throws RuntimeException if anything else cannot be; nothing is different in either case
     */
    ListenersChange(
            Listeners listeners,
            ListenerFactory factory,
            Routes ways,
            DeclaredRoutes declared,
            SluiceProperties now,
            SluiceProperties next,
            ConfigurationPlan plan)
            throws IOException {
        this.listeners = listeners;
        this.factory = factory;
        this.now = now;
        this.next = next;
        listeners.all().forEach(listener -> before.put(listener.name(), listener));
        Set<String> changedSinks = plan.sinks().entrySet().stream()
                .filter(sink -> sink.getValue().change() == Change.CHANGED)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        this.routes = ways.change(declared, changedSinks);
        this.around = new ListenerFactory.Surroundings(next.protocols(), routes::find);
        this.changes = new TransportChanges(factory, around);
        try {
            prepare(plan);
        } catch (IOException | RuntimeException ex) {
            forget();
            throw ex;
        }
    }

    private void prepare(ConfigurationPlan plan) throws IOException {
        listeners.awaitGone(next.listeners().keySet());
        Set<Integer> ports = before.values().stream()
                .flatMap(listener -> listener.transport().localAddress().stream())
                .map(InetSocketAddress::getPort)
                .collect(Collectors.toSet());
        IntPredicate heldByUs = ports::contains;
        for (Map.Entry<String, ListenerProperties> entry : next.listeners().entrySet()) {
            Listener listener = before.get(entry.getKey());
            if (listener == null || ConfigurationPlan.isReplaced(listener.properties(), entry.getValue())) {
                added.add(entry.getKey());
            } else if (plan.listeners().containsKey(entry.getKey()) || isRoutedAnew(listener)) {
                listener.hold();
                held.add(listener);
                changes.prepare(listener, entry.getValue(), heldByUs);
            }
        }
        for (Listener listener : before.values()) {
            if (!next.listeners().containsKey(listener.name()) || added.contains(listener.name())) {
                leaving.add(listener);
            }
        }
    }

    private boolean isRoutedAnew(Listener listener) {
        return !routes.find(listener.name()).equals(listener.route());
    }

    /** Returns the names of listeners whose port is not served for a moment. */
    List<String> gaps() {
        return changes.gaps();
    }

    /** Nothing is done of what was prepared. */
    void forget() {
        changes.undo();
        routes.undo();
        end();
    }

    /**
     * From now on the listeners are those that are declared next.
     *
     * @throws IOException if a port could not be had after all; all is as before then, as far as that can be
     * @throws RuntimeException if anything else fails, likewise
     */
    void commit() throws IOException {
        try {
            routes.commit();
            changes.commitWithoutGap();
            leaving.makeWay(wantedPorts(), added);
            changes.commitWithGap();
            for (String name : added) {
                add(name, Objects.requireNonNull(next.listeners().get(name)));
            }
        } catch (IOException | RuntimeException ex) {
            undoAll();
            throw ex;
        }
        Map<String, Listener> after = new LinkedHashMap<>();
        for (String name : next.listeners().keySet()) {
            after.put(name, Objects.requireNonNullElseGet(made.get(name), () -> before.get(name)));
        }
        changes.listeners().forEach(this::become);
        listeners.become(after);
    }

    private void become(Listener listener) {
        ListenerProperties declared = Objects.requireNonNull(next.listeners().get(listener.name()));
        listener.become(declared, routes.find(listener.name()));
    }

    /** Returns the ports that can be had only once others have let them go. */
    private Set<Integer> wantedPorts() {
        return Stream.concat(gaps().stream(), added.stream())
                .map(name -> Objects.requireNonNull(next.listeners().get(name)))
                .flatMap(properties -> Listener.declaredAddress(properties).stream())
                .map(InetSocketAddress::getPort)
                .collect(Collectors.toSet());
    }

    private void add(String name, ListenerProperties properties) throws IOException {
        Listener former = before.get(name);
        if (former != null) {
            leaving.remove(former);
        }
        Listener listener = factory.create(name, properties, around);
        made.put(name, listener);
        if (properties.enabled()) {
            try {
                listener.start();
            } catch (ListenerException ex) {
                throw new IOException("Listener '" + name + "': " + ex.reason(), ex);
            }
        }
    }

    private void undoAll() {
        made.values().forEach(listener -> attempt("added listener", listener::remove));
        changes.undo();
        attempt("routes", routes::undo);
        end();
        leaving.stopped().forEach(listener -> attempt("removed listener", () -> restore(listener)));
        listeners.become(before);
    }

    private void restore(Listener listener) {
        leaving.restore(
                listener,
                before,
                gone -> factory.create(gone.name(), gone.properties(), factory.surroundings(now.protocols())));
    }

    private static void attempt(String what, Runnable undoing) {
        try {
            undoing.run();
        } catch (RuntimeException ex) {
            Halt.onOutOfMemory(ex);
            log.error("A change was taken back, but for one {}: {}", what, ex.getMessage());
        }
    }

    private void end() {
        letGo();
        routes.close();
    }

    private void letGo() {
        held.forEach(Listener::letGo);
        held.clear();
    }

    /** Lets go, in the background as far as it takes time, of what is not needed any more. */
    void retire() {
        changes.retire();
        letGo();
        // Their messages come into the spool until they have drained.
        listeners.leave(leaving.remaining(), () -> {
            routes.retire();
            routes.close();
        });
        changes.listeners().forEach(this::startOrStop);
    }

    /** Where that is declared otherwise now. */
    private void startOrStop(Listener listener) {
        boolean was =
                Objects.requireNonNull(now.listeners().get(listener.name())).enabled();
        boolean is = listener.properties().enabled();
        if (is && !was) {
            try {
                listener.start();
            } catch (ListenerException ex) {
                log.error("Listener '{}': {}", listener.name(), ex.reason());
            }
        } else if (was && !is) {
            // Its drain may take long.
            Thread.ofVirtual().name("listener-stop").start(listener::stop);
        }
    }
}
