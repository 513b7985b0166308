package dev.sluice.transport.tcp;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * TLS 1.2 and 1.3 of a port, by the JDK's own implementation. A bundle that is renewed while the program runs counts for the
 * connections that come then.
 */
final class TlsPort {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    /** Authenticated encryption with forward secrecy (RFC 9325, section 4.2); all that TLS 1.3 has is of this kind. */
    private static final Pattern CIPHERS =
            Pattern.compile("TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_\\d+_GCM|CHACHA20_POLY1305)_SHA\\d+");
    /** Holds a record's header and what follows it in one read. */
    private static final int READ_BYTES = 8 * 1024;

    private final TlsProperties properties;
    private volatile Terms terms;

    /** What a handshake that begins now goes by. */
    private record Terms(SSLContext context, SSLParameters parameters) {}

    /**
     * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there is no such bundle
     * @throws IllegalStateException if it cannot be read
     */
    TlsPort(TlsProperties properties, SslBundles bundles) {
        String name = String.valueOf(properties.bundle());
        this.properties = properties;
        this.terms = terms(bundles.getBundle(name));
        bundles.addBundleUpdateHandler(name, renewed -> terms = terms(renewed));
    }

    private Terms terms(SslBundle bundle) {
        SSLContext context = bundle.createSslContext();
        SSLParameters parameters = context.getDefaultSSLParameters();
        SslOptions options = bundle.getOptions();
        parameters.setProtocols(options.getEnabledProtocols() != null ? options.getEnabledProtocols() : PROTOCOLS);
        parameters.setCipherSuites(options.getCiphers() != null ? options.getCiphers() : ciphers(parameters));
        parameters.setUseCipherSuitesOrder(true);
        switch (properties.clientAuth()) {
            case NONE -> parameters.setNeedClientAuth(false);
            case WANT -> parameters.setWantClientAuth(true);
            case NEED -> parameters.setNeedClientAuth(true);
        }
        return new Terms(context, parameters);
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
        // The JDK reads a record's header and its rest apart, each from the system if it is not buffered.
        InputStream buffered = new Unclosed(new BufferedInputStream(in, READ_BYTES));
        SSLSocket socket = (SSLSocket) now.context.getSocketFactory().createSocket(accepted, buffered, true);
        socket.setSSLParameters(now.parameters);
        return socket;
    }

    /** At its end there is still something to be written. */
    private static final class Unclosed extends FilterInputStream {

        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
