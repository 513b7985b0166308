package dev.sluice.listener;

import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.ConfigurationPlan;
import dev.sluice.listener.configuration.ConfigurationSnapshot;
import org.jspecify.annotations.Nullable;

/** What a reload does about SSL bundles. Used once, by one thread. */
final class BundlesChange implements AutoCloseable {

    private final VettedSslBundles bundles;
    /** Null if nothing of them differs. */
    private final @Nullable RedeclaredBundles next;

    private boolean committed;

    /**
     * Reads and tries them; nothing is different yet.
     *
     * @throws ConfigurationException if one cannot be used
     */
    BundlesChange(VettedSslBundles bundles, ConfigurationSnapshot next, ConfigurationPlan plan) {
        this.bundles = bundles;
        this.next = plan.changes(key -> key.startsWith("spring.ssl."))
                ? new RedeclaredBundles(bundles, next.environment(), plan)
                : null;
    }

    /**
     * Tries them with each listener that goes on with one that is another now.
     *
     * @throws ConfigurationException if one is not what a port needs
     */
    void requireUsable(ConfigurationSnapshot declared) {
        RedeclaredBundles redeclared = next;
        if (redeclared != null) {
            declared.properties()
                    .listeners()
                    .forEach((name, listener) -> ListenerFactory.requireUsable(name, listener, redeclared));
        }
    }

    /** Does work to which they are already those to come. */
    <T, X extends Throwable> T preparing(ScopedValue.CallableOp<T, X> work) throws X {
        return next == null ? work.call() : bundles.preparing(next, work);
    }

    void commit() {
        committed = true;
        if (next != null) {
            bundles.become(next);
        }
    }

    /** What was done by them has been taken back. */
    void undo() {
        if (next != null) {
            bundles.remain(next);
        }
    }

    @Override
    public void close() {
        if (next != null && !committed) {
            next.close();
        }
    }
}
