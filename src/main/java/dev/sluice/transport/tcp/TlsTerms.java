package dev.sluice.transport.tcp;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
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
 * What handshakes go by, on either side: TLS 1.2 and 1.3, by the JDK's own implementation. A bundle that is renewed
 * while the program runs counts for the connections that come then.
 */
final class TlsTerms {

    private static final Logger log = LoggerFactory.getLogger(TlsTerms.class);

    private static final String NEWEST = "TLSv1.3";
    private static final String[] PROTOCOLS = {NEWEST, "TLSv1.2"};
    /** Authenticated encryption with forward secrecy (RFC 9325, section 4.2); all that TLS 1.3 has is of this kind. */
    private static final Pattern CIPHERS =
            Pattern.compile("TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_\\d+_GCM|CHACHA20_POLY1305)_SHA\\d+");

    private final String listener;
    private final String name;
    private final Consumer<SslBundle> check;
    private final Consumer<SSLParameters> side;
    private volatile Terms terms;
    private volatile boolean retired;

    /**
     * What a handshake that begins now goes by. With the context go the sessions that it remembers and the keys of the
     * tickets it has issued: none outlives the certificate that it was begun under.
     */
    record Terms(SSLContext context, SSLParameters parameters) {}

    /**
     * @param name of the bundle
     * @param check whether it is what this side needs; throws a {@link BundleException} if not
     * @param side adds what only this side asks for
     * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there is no such bundle
     * @throws BundleException if it cannot be used
     */
    TlsTerms(
            String listener, String name, SslBundles bundles, Consumer<SslBundle> check, Consumer<SSLParameters> side) {
        this.listener = listener;
        this.name = name;
        this.check = check;
        this.side = side;
        try {
            this.terms = terms(bundles.getBundle(name));
        } catch (IllegalStateException ex) {
            throw new BundleException("bundle '" + name + "' cannot be used: " + ex.getMessage(), ex);
        }
        // The registry keeps what it calls for ever: no more than it has to.
        WeakReference<TlsTerms> self = new WeakReference<>(this);
        bundles.addBundleUpdateHandler(name, bundle -> {
            TlsTerms known = self.get();
            if (known != null && !known.retired) {
                known.renew(bundle);
            }
        });
    }

    /** There will be no more handshakes by these. */
    void retire() {
        retired = true;
    }

    /** Returns those for a handshake that begins now. */
    Terms now() {
        return terms;
    }

    private void renew(SslBundle bundle) {
        try {
            terms = terms(bundle);
            log.info("Listener '{}': SSL bundle '{}' is renewed; it counts for new connections", listener, name);
        } catch (BundleException | IllegalStateException ex) {
            log.warn(
                    "Listener '{}': goes on with what SSL bundle '{}' was before, since it is renewed and cannot be"
                            + " used: {}",
                    listener,
                    name,
                    ex.getMessage());
        }
    }

    private Terms terms(SslBundle bundle) {
        check.accept(bundle);
        SSLContext context = bundle.createSslContext();
        SSLParameters parameters = context.getDefaultSSLParameters();
        SslOptions options = bundle.getOptions();
        parameters.setProtocols(options.getEnabledProtocols() != null ? options.getEnabledProtocols() : PROTOCOLS);
        parameters.setCipherSuites(options.getCiphers() != null ? options.getCiphers() : ciphers(parameters));
        parameters.setUseCipherSuitesOrder(true);
        SSLParameters known = context.getSupportedSSLParameters();
        requireKnown("protocol", parameters.getProtocols(), known.getProtocols());
        requireKnown("cipher", parameters.getCipherSuites(), known.getCipherSuites());
        side.accept(parameters);
        return new Terms(context, parameters);
    }

    private void requireKnown(String what, String[] named, String[] known) {
        for (String one : named) {
            if (!List.of(known).contains(one)) {
                throw new BundleException(
                        "bundle '" + name + "' names the " + what + " '" + one
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
     * Once hands are shaken, they are not shaken again: TLS 1.2 would let a peer have that done over and over (RFC
     * 9325, section 3.5), TLS 1.3 has no such thing. What is no longer enabled counts for handshakes to come.
     */
    static void refuseRenegotiation(SSLSocket socket) {
        if (!socket.getSession().getProtocol().equals(NEWEST)) {
            socket.setEnabledProtocols(new String[] {NEWEST});
        }
    }
}
