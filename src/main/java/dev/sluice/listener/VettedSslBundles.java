package dev.sluice.listener;

import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.Problem;
import dev.sluice.transport.tcp.BundleCheck;
import dev.sluice.transport.tcp.BundleException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

/**
 * The SSL bundles, each tried before it counts. Boot's own reads a bundle when it is first used: a mistake would end
 * the start with a stack trace, and renewed files that cannot be used, or are not all there yet, would take the place
 * of those that can.
 *
 * <p>A reload declares them anew. Until it is committed, only the thread that prepares it sees them so. Safe for use by
 * any thread; one at a time reloads.
 */
final class VettedSslBundles extends DefaultSslBundleRegistry implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(VettedSslBundles.class);

    /** Bound for whoever prepares a reload. */
    private final ScopedValue<RedeclaredBundles> prepared = ScopedValue.newInstance();
    /** Those of the last reload that declared any; null if what the start declared still counts. */
    private volatile @Nullable RedeclaredBundles redeclared;

    private final Set<String> removed = ConcurrentHashMap.newKeySet();

    /**
     * @throws ConfigurationException if the bundle cannot be used
     */
    static void require(String name, SslBundle bundle) {
        try {
            BundleCheck.certificates(bundle);
        } catch (BundleException ex) {
            String type = bundle.getStores() instanceof PemSslStoreBundle ? "pem" : "jks";
            throw new ConfigurationException(List.of(
                    new Problem("spring.ssl.bundle." + type + "." + name, String.valueOf(ex.getMessage()), null)));
        }
    }

    /**
     * @throws ConfigurationException if the bundle cannot be used
     */
    @Override
    public void registerBundle(String name, SslBundle bundle) {
        require(name, bundle);
        super.registerBundle(name, bundle);
    }

    /** Those who watch the files that the start declared call this. */
    @Override
    public void updateBundle(String name, SslBundle renewed) {
        if (redeclared == null) {
            renew(name, renewed);
        }
    }

    /** Files that a reload declared have changed. */
    void renew(RedeclaredBundles by, String name, SslBundle renewed) {
        if (redeclared == by) {
            renew(name, renewed);
        }
    }

    private void renew(String name, SslBundle renewed) {
        try {
            BundleCheck.certificates(renewed);
        } catch (BundleException ex) {
            log.warn(
                    "SSL bundle '{}': what it was before stays, since its renewed files cannot be used: {}",
                    name,
                    ex.getMessage());
            return;
        }
        super.updateBundle(name, renewed);
    }

    @Override
    public SslBundle getBundle(String name) {
        return prepared.isBound() && prepared.get().has(name) ? prepared.get().getBundle(name) : super.getBundle(name);
    }

    @Override
    public void addBundleUpdateHandler(String name, Consumer<SslBundle> handler) {
        if (prepared.isBound() && !super.getBundleNames().contains(name)) {
            prepared.get().addBundleUpdateHandler(name, handler);
        } else {
            super.addBundleUpdateHandler(name, handler);
        }
    }

    /** Those that are declared. */
    @Override
    public List<String> getBundleNames() {
        return super.getBundleNames().stream()
                .filter(name -> !removed.contains(name))
                .toList();
    }

    /** Does what a reload has to do while the bundles are already what it declares, for this thread alone. */
    <T, X extends Throwable> T preparing(RedeclaredBundles next, ScopedValue.CallableOp<T, X> work) throws X {
        return ScopedValue.where(prepared, next).call(work);
    }

    /** From now on they are what a reload has declared. Connections that are open go on. */
    void become(RedeclaredBundles next) {
        RedeclaredBundles before = redeclared;
        redeclared = next;
        List<String> known = super.getBundleNames();
        for (String name : next.getBundleNames()) {
            SslBundle bundle = next.getBundle(name);
            if (!known.contains(name)) {
                super.registerBundle(name, bundle);
                super.addBundleUpdateHandler(name, renewed -> next.tell(name, renewed));
            } else if (next.changes(name)) {
                super.updateBundle(name, bundle);
            }
        }
        known.stream().filter(name -> next.changes(name) && !next.has(name)).forEach(removed::add);
        next.getBundleNames().forEach(removed::remove);
        if (before != null) {
            before.close();
        }
    }

    /** What a reload had declared does not count after all, though something may have begun to go by it. */
    void remain(RedeclaredBundles next) {
        for (String name : super.getBundleNames()) {
            if (next.has(name) && next.changes(name)) {
                super.updateBundle(name, super.getBundle(name));
            }
        }
    }

    @Override
    public void close() {
        RedeclaredBundles last = redeclared;
        if (last != null) {
            last.close();
        }
    }
}
