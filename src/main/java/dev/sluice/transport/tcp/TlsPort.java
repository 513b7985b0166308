package dev.sluice.transport.tcp;

import dev.sluice.transport.tcp.TlsProperties.ClientAuth;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** TLS of a port: it shows its certificate, and may ask peers for theirs. */
final class TlsPort implements TlsLayer {

    private static final Logger log = LoggerFactory.getLogger(TlsPort.class);

    private final String listener;
    private final TlsProperties properties;
    private final TlsTerms terms;

    /**
     * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there is no such bundle
     * @throws BundleException if it cannot be used
     */
    TlsPort(String listener, TlsProperties properties, SslBundles bundles) {
        this.listener = listener;
        this.properties = properties;
        this.terms = new TlsTerms(listener, String.valueOf(properties.bundle()), bundles, this::check, this::askPeers);
    }

    private void askPeers(SSLParameters parameters) {
        switch (properties.clientAuth()) {
            case NONE -> parameters.setNeedClientAuth(false);
            case WANT -> parameters.setWantClientAuth(true);
            case NEED -> parameters.setNeedClientAuth(true);
        }
    }

    private void check(SslBundle bundle) {
        List<X509Certificate> certificates = BundleCheck.certificates(bundle);
        if (certificates.isEmpty()) {
            throw new BundleException(
                    "bundle '" + properties.bundle()
                            + "' holds no certificate with its private key. Give it both in 'keystore'",
                    null);
        }
        if (properties.clientAuth() != ClientAuth.NONE && !BundleCheck.trustsAnyone(bundle)) {
            throw new BundleException(
                    "bundle '" + properties.bundle()
                            + "' does not say which certificates of peers to trust. Give it those in 'truststore'",
                    null);
        }
        for (X509Certificate certificate : certificates) {
            try {
                certificate.checkValidity();
            } catch (CertificateException ex) {
                log.warn(
                        "Listener '{}': the certificate in SSL bundle '{}' counts from {} to {}, so that peers will"
                                + " refuse it",
                        listener,
                        properties.bundle(),
                        certificate.getNotBefore().toInstant(),
                        certificate.getNotAfter().toInstant());
            }
        }
    }

    /** It counts for no more connections. */
    void retire() {
        terms.retire();
    }

    @Override
    public SSLSocket over(Socket accepted, InputStream in) throws IOException {
        TlsTerms.Terms now = terms.now();
        SSLSocket socket = (SSLSocket) now.context().getSocketFactory().createSocket(accepted, new TlsInput(in), true);
        socket.setSSLParameters(now.parameters());
        return socket;
    }
}
