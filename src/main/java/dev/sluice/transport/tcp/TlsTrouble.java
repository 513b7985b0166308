package dev.sluice.transport.tcp;

import dev.sluice.text.Causes;
import dev.sluice.transport.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;

/**
 * What can keep a peer and a port from speaking TLS, each with a line of its own in the log. The JDK tells most of them
 * apart by nothing but its messages.
 */
enum TlsTrouble {
    NOT_TLS(Reason.Closed.NOT_TLS, "speaks no TLS, as this port does", "Unsupported or unrecognized SSL message"),
    UNEXPECTED_TLS(Reason.Closed.UNEXPECTED_TLS, "speaks TLS, and this port does not"),
    NO_COMMON_VERSION(
            Reason.Closed.HANDSHAKE,
            "knows no version of TLS that this port takes",
            "protocol versions",
            "Client requested protocol",
            "SSLv2Hello",
            "SSL v2.0"),
    NO_COMMON_CIPHER(
            Reason.Closed.HANDSHAKE,
            "knows no cipher that this port takes with its certificate",
            "no cipher suites in common"),
    CERTIFICATE_MISSING(Reason.Closed.CERTIFICATE, "shows no certificate", "Empty client certificate chain"),
    CERTIFICATE_OUT_OF_DATE(Reason.Closed.CERTIFICATE, "shows a certificate that is out of date"),
    CERTIFICATE_NOT_TRUSTED(
            Reason.Closed.CERTIFICATE, "shows a certificate that the bundle's truststore does not trust"),
    /** In TLS 1.3 some say so in clear text, since they have not taken the terms by which they would encrypt it. */
    REFUSED_BY_PEER(
            Reason.Closed.HANDSHAKE,
            "refuses this port's certificate or terms",
            "Received fatal alert",
            "plaintext alert received: Level: fatal"),
    BROKEN_OFF(Reason.Closed.HANDSHAKE, "ended the connection within the handshake"),
    OTHER(Reason.Closed.HANDSHAKE, "does not keep to the protocol");

    private final Reason.Closed closed;
    private final String text;
    /** What a message of the JDK contains. */
    private final List<String> marks;

    TlsTrouble(Reason.Closed closed, String text, String... marks) {
        this.closed = closed;
        this.text = text;
        this.marks = List.of(marks);
    }

    static TlsTrouble of(IOException ex) {
        boolean certificate = false;
        for (Throwable cause : Causes.of(ex)) {
            switch (cause) {
                case CertificateExpiredException _, CertificateNotYetValidException _ -> {
                    return CERTIFICATE_OUT_OF_DATE;
                }
                case EOFException _, SocketException _ -> {
                    return BROKEN_OFF;
                }
                case CertificateException _ -> certificate = true;
                default -> {}
            }
        }
        if (certificate) {
            return CERTIFICATE_NOT_TRUSTED;
        }
        String message = ex.getMessage() + "\n" + rootMessage(ex);
        for (TlsTrouble trouble : values()) {
            if (trouble.marks.stream().anyMatch(message::contains)) {
                return trouble;
            }
        }
        return OTHER;
    }

    /** How a connection that comes to this is counted. */
    Reason.Closed closed() {
        return closed;
    }

    /** In words, of this peer. */
    String describe(InetSocketAddress peer) {
        return PeerTroubles.text(peer) + " " + text;
    }

    /** In words, with those of the JDK where they say more. */
    String describe(InetSocketAddress peer, IOException ex) {
        return switch (this) {
            case NOT_TLS, UNEXPECTED_TLS, CERTIFICATE_MISSING, BROKEN_OFF -> describe(peer);
            default -> describe(peer) + ": " + rootMessage(ex);
        };
    }

    private static String rootMessage(Throwable ex) {
        return String.valueOf(Causes.of(ex).getLast().getMessage());
    }
}
