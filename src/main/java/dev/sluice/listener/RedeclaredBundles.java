package dev.sluice.listener;

import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.ConfigurationPlan;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The SSL bundles that a reload declares, read and tried. Spring Boot makes them, and watches the files of those with
 * {@code reload-on-update}, as at a start: in a small context of its own, which ends with this.
 */
final class RedeclaredBundles extends DefaultSslBundleRegistry implements AutoCloseable {

    private final VettedSslBundles bundles;
    private final ConfigurationPlan plan;
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    /**
     * @param bundles which they may become
     * @param environment in which they are declared
     * @throws ConfigurationException if one cannot be used
     */
    RedeclaredBundles(VettedSslBundles bundles, ConfigurableEnvironment environment, ConfigurationPlan plan) {
        this.bundles = bundles;
        this.plan = plan;
        context.setEnvironment(environment);
        context.registerBean(SslBundleRegistry.class, () -> this, definition -> definition.setDestroyMethodName(""));
        context.register(SslAutoConfiguration.class);
        try {
            context.refresh();
            context.getBeanProvider(SslBundleRegistrar.class)
                    .orderedStream()
                    .forEach(registrar -> registrar.registerBundles(this));
        } catch (RuntimeException ex) {
            context.close();
            throw ex;
        }
    }

    /** Returns whether there is one of this name. */
    boolean has(String name) {
        return getBundleNames().contains(name);
    }

    /** Returns whether the one of this name is declared in another way than before, or not any more. */
    boolean changes(String name) {
        return plan.changesBundle(name);
    }

    @Override
    public void registerBundle(String name, SslBundle bundle) {
        VettedSslBundles.require(name, bundle);
        super.registerBundle(name, bundle);
    }

    /** Its files have changed. */
    @Override
    public void updateBundle(String name, SslBundle renewed) {
        bundles.renew(this, name, renewed);
    }

    /** Tells those who had it when nobody else did yet what it is now. */
    void tell(String name, SslBundle renewed) {
        super.updateBundle(name, renewed);
    }

    /** Watches no files any more. */
    @Override
    public void close() {
        context.close();
    }
}
