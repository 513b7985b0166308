package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** What a peer's certificate says of it, once the handshake has proven that it is the peer's. */
final class PeerCertificate {

    private PeerCertificate() {}

    /**
     * The subject's distinguished name as a string (RFC 4514); null if the peer has shown no certificate.
     *
     * @throws SSLException if the certificate is out of date: the JDK does not look at one that is itself among those
     *     trusted, nor again when a session is resumed
     */
    static @Nullable String subject(SSLSocket socket) throws SSLException {
        if (!socket.getUseClientMode() && !socket.getNeedClientAuth() && !socket.getWantClientAuth()) {
            return null;
        }
        try {
            if (!(socket.getSession().getPeerCertificates()[0] instanceof X509Certificate certificate)) {
                return null;
            }
            certificate.checkValidity();
            return visible(certificate.getSubjectX500Principal().getName());
        } catch (SSLPeerUnverifiedException ex) {
            return null;
        } catch (CertificateException ex) {
            throw new SSLHandshakeException("The peer's certificate is out of date", ex);
        }
    }

    /** The first alternative name in the certificate that can be written as text; null if there is none. */
    static @Nullable String alternativeName(@Nullable SSLSocket socket) {
        if (socket == null || !socket.getNeedClientAuth() && !socket.getWantClientAuth()) {
            return null;
        }
        try {
            Collection<List<?>> names = socket.getSession().getPeerCertificates()[0] instanceof X509Certificate shown
                    ? shown.getSubjectAlternativeNames()
                    : null;
            return names == null
                    ? null
                    : names.stream()
                            .map(name -> name.get(1))
                            .filter(String.class::isInstance)
                            .map(name -> visible((String) name))
                            .findFirst()
                            .orElse(null);
        } catch (SSLPeerUnverifiedException | CertificateException ex) {
            return null;
        }
    }

    /**
     * With what could end a line, move a terminal's cursor or turn its reading direction written as the bytes of its
     * UTF-8 in hexadecimal, which the RFC has for any character and the JDK uses for none of these.
     */
    static String visible(String name) {
        StringBuilder text = new StringBuilder(name.length());
        name.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE -> {
                    for (byte b : Character.toString(c).getBytes(UTF_8)) {
                        text.append("\\%02X".formatted(b));
                    }
                }
                default -> text.appendCodePoint(c);
            }
        });
        return text.toString();
    }
}
