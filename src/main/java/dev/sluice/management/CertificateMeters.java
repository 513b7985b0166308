package dev.sluice.management;

import dev.sluice.listener.ConfigurationReloaded;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationListener;

/** Takes away what Spring Boot measures of SSL bundles that a reload has removed: nobody is to renew those. */
final class CertificateMeters implements ApplicationListener<ConfigurationReloaded> {

    private static final String EXPIRY = "ssl.chain.expiry";

    private final SslBundles bundles;
    private final MeterRegistry registry;

    CertificateMeters(SslBundles bundles, MeterRegistry registry) {
        this.bundles = bundles;
        this.registry = registry;
    }

    @Override
    public void onApplicationEvent(ConfigurationReloaded event) {
        List<String> names = bundles.getBundleNames();
        for (Meter meter : registry.find(EXPIRY).meters()) {
            if (!names.contains(Objects.requireNonNullElse(meter.getId().getTag("bundle"), ""))) {
                registry.remove(meter);
            }
        }
    }
}
