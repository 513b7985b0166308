package dev.sluice.transport.tcp;

import dev.sluice.transport.tcp.TlsProperties.ClientAuth;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * TLS 1.2 and 1.3 of a port, by the JDK's own implementation. A bundle that is renewed while the program runs counts for the
 * connections that come then.
 */
final class TlsPort {

    private static final Logger log = LoggerFactory.getLogger(TlsPort.class);

    private static final String NEWEST = "TLSv1.3";
    private static final String[] PROTOCOLS = {NEWEST, "TLSv1.2"};
    /** Authenticated encryption with forward secrecy (RFC 9325, section 4.2); all that TLS 1.3 has is of this kind. */
    private static final Pattern CIPHERS =
            Pattern.compile("TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_\\d+_GCM|CHACHA20_POLY1305)_SHA\\d+");

    private final String listener;
    private final TlsProperties properties;
    private volatile Terms terms;

    /**
     * What a handshake that begins now goes by. With the context go the sessions that it remembers and the keys of the tickets
     * it has issued: none outlives the certificate that it was begun under.
     */
    private record Terms(SSLContext context, SSLParameters parameters) {}

    /**
     * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there is no such bundle
     * @throws BundleException if it cannot be used
     */
    TlsPort(String listener, TlsProperties properties, SslBundles bundles) {
        String name = String.valueOf(properties.bundle());
        this.listener = listener;
        this.properties = properties;
        try {
            this.terms = terms(bundles.getBundle(name));
        } catch (IllegalStateException ex) {
            throw new BundleException("bundle '" + name + "' cannot be used: " + ex.getMessage(), ex);
        }
        bundles.addBundleUpdateHandler(name, this::renew);
    }

    private void renew(SslBundle bundle) {
        try {
            terms = terms(bundle);
            log.info(
                    "Listener '{}': SSL bundle '{}' is renewed; it counts for new connections",
                    listener,
                    properties.bundle());
        } catch (BundleException | IllegalStateException ex) {
            log.warn(
                    "Listener '{}': goes on with what SSL bundle '{}' was before, since it is renewed and cannot be"
                            + " used: {}",
                    listener,
                    properties.bundle(),
                    ex.getMessage());
        }
    }

    private Terms terms(SslBundle bundle) {
        check(bundle);
        SSLContext context = bundle.createSslContext();
        SSLParameters parameters = context.getDefaultSSLParameters();
        SslOptions options = bundle.getOptions();
        parameters.setProtocols(options.getEnabledProtocols() != null ? options.getEnabledProtocols() : PROTOCOLS);
        parameters.setCipherSuites(options.getCiphers() != null ? options.getCiphers() : ciphers(parameters));
        parameters.setUseCipherSuitesOrder(true);
        SSLParameters known = context.getSupportedSSLParameters();
        requireKnown("protocol", parameters.getProtocols(), known.getProtocols());
        requireKnown("cipher", parameters.getCipherSuites(), known.getCipherSuites());
        switch (properties.clientAuth()) {
            case NONE -> parameters.setNeedClientAuth(false);
            case WANT -> parameters.setWantClientAuth(true);
            case NEED -> parameters.setNeedClientAuth(true);
        }
        return new Terms(context, parameters);
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

    private void requireKnown(String what, String[] named, String[] known) {
        for (String name : named) {
            if (!List.of(known).contains(name)) {
                throw new BundleException(
                        "bundle '" + properties.bundle() + "' names the " + what + " '" + name
                                + "', which is not known here. There are " + String.join(", ", known),
                        null);
            }
        }
    }

    private static String[] ciphers(SSLParameters defaults) {
        return Arrays.stream(defaults.getCipherSuites())
                .filter(cipher -> CIPHERS.matcher(cipher).matches())
                .toArray(String[]::new);
    }

    /**
     * A socket whose handshake is still to come; nothing is read or written yet.
     *
     * @param in what the accepted socket's bytes are read from
     */
    SSLSocket over(Socket accepted, InputStream in) throws IOException {
        Terms now = terms;
        SSLSocket socket = (SSLSocket) now.context.getSocketFactory().createSocket(accepted, new TlsInput(in), true);
        socket.setSSLParameters(now.parameters);
        return socket;
    }

    /**
     * Once hands are shaken, they are not shaken again: TLS 1.2 would let a peer have that done over and over (RFC 9325,
     * section 3.5), TLS 1.3 has no such thing. What is no longer enabled counts for handshakes to come.
     */
    static void refuseRenegotiation(SSLSocket socket) {
        if (!socket.getSession().getProtocol().equals(NEWEST)) {
            socket.setEnabledProtocols(new String[] {NEWEST});
        }
    }
}
