package dev.sluice.transport.tcp;

import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/**
 * TLS towards devices that are dialled: each has to show a certificate that the bundle trusts and that is for the name,
 * or the address, by which it is dialled (RFC 2818, section 3.1). If the bundle holds a key, a device that asks is
 * shown ours.
 */
final class TlsDial {

    /** What the JDK calls the rules of RFC 2818, by which a certificate is compared with a name. */
    private static final String BY_NAME = "HTTPS";

    private final @Nullable String serverName;
    private final TlsTerms terms;

    /**
     * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there is no such bundle
     * @throws BundleException if it cannot be used
     */
    TlsDial(String listener, TlsProperties properties, SslBundles bundles) {
        this.serverName = properties.serverName();
        this.terms = new TlsTerms(
                listener,
                String.valueOf(properties.bundle()),
                bundles,
                BundleCheck::certificates,
                parameters -> parameters.setEndpointIdentificationAlgorithm(BY_NAME));
    }

    /** It counts for no more connections. */
    void retire() {
        terms.retire();
    }

    /** Returns what puts TLS over a connection to this device. */
    TlsLayer to(DeviceAddress device) {
        String name = serverName == null ? device.host() : serverName;
        return (socket, _) -> {
            TlsTerms.Terms now = terms.now();
            SSLSocket tls =
                    (SSLSocket) now.context().getSocketFactory().createSocket(socket, name, device.port(), true);
            tls.setSSLParameters(now.parameters());
            return tls;
        };
    }
}
