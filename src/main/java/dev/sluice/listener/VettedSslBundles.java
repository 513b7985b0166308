package dev.sluice.listener;

import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.Problem;
import dev.sluice.transport.tcp.BundleCheck;
import dev.sluice.transport.tcp.BundleException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

/**
 * The SSL bundles, each tried before it counts. Boot's own reads a bundle when it is first used: a mistake would end
 * the start with a stack trace, and renewed files that cannot be used, or are not all there yet, would take the place
 * of those that can.
 */
final class VettedSslBundles extends DefaultSslBundleRegistry {

    private static final Logger log = LoggerFactory.getLogger(VettedSslBundles.class);

    /**
     * @throws ConfigurationException if the bundle cannot be used
     */
    @Override
    public void registerBundle(String name, SslBundle bundle) {
        try {
            BundleCheck.certificates(bundle);
        } catch (BundleException ex) {
            String type = bundle.getStores() instanceof PemSslStoreBundle ? "pem" : "jks";
            throw new ConfigurationException(List.of(
                    new Problem("spring.ssl.bundle." + type + "." + name, String.valueOf(ex.getMessage()), null)));
        }
        super.registerBundle(name, bundle);
    }

    @Override
    public void updateBundle(String name, SslBundle renewed) {
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
}
