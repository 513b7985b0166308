package dev.sluice.client;

import dev.sluice.text.Causes;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes a connection one of TLS: the peer proves to be the host that was asked for, unless that is switched off. */
final class TlsUpgrade {

    /** The time that telling the peer of our end may take. */
    private static final int MOST_CLOSING_SECONDS = 1;

    private final SSLContext context;
    private final boolean verifying;

    private TlsUpgrade(SSLContext context, boolean verifying) {
        this.context = context;
        this.verifying = verifying;
    }

    /**
     * @param authorities a PEM file to trust instead of the system's trust store
     * @param insecure whether anything is trusted
     */
    static TlsUpgrade of(Optional<Path> authorities, boolean insecure) throws ClientFailure {
        try {
            if (!insecure && authorities.isEmpty()) {
                return new TlsUpgrade(SSLContext.getDefault(), true);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trust = insecure ? new TrustManager[] {new TrustAnything()} : trustOnly(authorities.get());
            context.init(null, trust, null);
            return new TlsUpgrade(context, !insecure);
        } catch (GeneralSecurityException ex) {
            throw ClientFailure.usage("TLS cannot be set up: " + ex.getMessage() + ".");
        }
    }

    private static TrustManager[] trustOnly(Path authorities) throws GeneralSecurityException, ClientFailure {
        try {
            return TrustedAuthorities.of(authorities);
        } catch (IOException | CertificateException ex) {
            throw ClientFailure.usage(
                    "--ca: '" + authorities + "' cannot be read as PEM certificates: " + ex.getMessage() + ".");
        }
    }

    Socket upgrade(Socket plain, Peer peer) throws ClientFailure {
        try {
            // With the name as its host, the socket says it to the peer (SNI) if it is no IP address.
            SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, peer.name(), peer.port(), true);
            if (verifying) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            socket.setSoTimeout((int) peer.timeout().toMillis());
            socket.startHandshake();
            // Else a close waits for a write in progress, which a peer that does not read never lets end.
            socket.setSoLinger(true, MOST_CLOSING_SECONDS);
            return socket;
        } catch (IOException ex) {
            throw failure(ex, peer);
        }
    }

    private static ClientFailure failure(IOException ex, Peer peer) {
        String message = String.valueOf(ex.getMessage());
        if (ex instanceof SocketTimeoutException) {
            return ClientFailure.timedOut("Timed out: " + peer + " did not finish the TLS handshake within "
                    + TimeoutConverter.format(peer.timeout())
                    + ". It may not speak TLS: leave --tls out, or choose its TLS port.");
        }
        for (Throwable cause : Causes.of(ex)) {
            if (cause instanceof CertificateException
                    && String.valueOf(cause.getMessage()).startsWith("No ")) {
                return ClientFailure.broken(
                        "TLS: the certificate of " + peer + " is for another host (" + cause.getMessage()
                                + "). Connect by a name that it holds, or trust anything with --insecure.");
            }
            if (cause instanceof GeneralSecurityException) {
                return ClientFailure.broken("TLS: the certificate of " + peer + " is not trusted ("
                        + Causes.of(cause).getLast().getMessage()
                        + "). Give its CA with --ca FILE, or trust anything with --insecure.");
            }
        }
        if (message.startsWith("Unsupported or unrecognized SSL message")) {
            return ClientFailure.broken("TLS: " + peer
                    + " answers the handshake with plain text. Leave --tls out, or choose its TLS port.");
        }
        if (ex instanceof EOFException || ex.getCause() instanceof EOFException || !(ex instanceof SSLException)) {
            return ClientFailure.broken("TLS: " + peer + " broke off the handshake (" + message
                    + "). It may not speak TLS: leave --tls out, or choose its TLS port.");
        }
        return ClientFailure.broken("TLS: no handshake with " + peer + ": " + message
                + ". The two sides must share a protocol version and a cipher.");
    }

    /** For a test bench: whoever is on the way can read and change everything. */
    private static final class TrustAnything extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
