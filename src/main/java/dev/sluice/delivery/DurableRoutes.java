package dev.sluice.delivery;

import dev.sluice.delivery.spool.DirectoryLock;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.delivery.spool.SpoolFiles;
import dev.sluice.delivery.spool.recovery.SpoolRecovery;
import dev.sluice.sink.Sink;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes routes of the spools in the data directory, which is locked once the first is to be opened: who needs no spool
 * himself starts all the same beside another process that has the directory. Used by one thread at a time.
 */
final class DurableRoutes implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DurableRoutes.class);

    private final Path path;
    private @Nullable DirectoryLock lock;

    DurableRoutes(Path path) {
        this.path = path;
    }

    /**
     * Opens the spool of a listener, or makes it.
     *
     * @param sinks those that the listener and its rules name
     * @throws SpoolException if it, or the directory, cannot be opened
     */
    DurableRoute open(RouteDeclaration declaration, Map<String, Sink> sinks) {
        Spool spool = SpoolRecovery.open(
                lock(),
                declaration.listener(),
                declaration.sinks(),
                declaration.own(),
                declaration.properties().maxSpoolSize().toBytes());
        return new DurableRoute(
                declaration.listener(), sinks, declaration.properties(), spool, declaration.untilDelivered());
    }

    /**
     * Opens the spools that an earlier run has left, if anything is left in them.
     *
     * @param used whether a listener uses the spool of its name
     * @param found gets each, which is its to close from then on
     * @throws SpoolException if one cannot be opened
     */
    void openAbandoned(DeclaredRoutes declared, Predicate<String> used, Consumer<DurableRoute> found) {
        List<String> names =
                SpoolFiles.listeners(path).stream().filter(used.negate()).toList();
        if (names.isEmpty() || !mayUseDirectory()) {
            return;
        }
        for (String name : names) {
            DeliveryProperties properties =
                    declared.of(name).map(RouteDeclaration::properties).orElse(DeliveryProperties.DEFAULTS);
            Spool spool = SpoolRecovery.open(
                    lock(), name, List.of(), properties.maxSpoolSize().toBytes());
            DurableRoute route = new DurableRoute(name, Map.of(), properties, spool, false);
            if (route.leftOvers().ledgers().isEmpty()) {
                route.close();
            } else {
                found.accept(route);
            }
        }
    }

    private boolean mayUseDirectory() {
        try {
            lock();
            return true;
        } catch (SpoolException ex) {
            log.warn("What an earlier run may have left in spools is not looked at: {}", ex.getMessage());
            return false;
        }
    }

    /**
     * Locks the directory, unless that is done, and returns it.
     *
     * @throws SpoolException if it cannot be had
     */
    Path lockedDirectory() {
        return lock().directory();
    }

    private DirectoryLock lock() {
        DirectoryLock held = lock;
        if (held == null) {
            held = DataDirectory.lock(path);
            lock = held;
        }
        return held;
    }

    /** Lets the directory go, if it was taken. All routes are to be closed before. */
    @Override
    public void close() {
        DirectoryLock held = lock;
        if (held != null) {
            lock = null;
            DataDirectory.unlock(held);
        }
    }
}
