package dev.sluice.transport.tcp;

import dev.sluice.text.Causes;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** Why a device is away, in words for the log and for operators. */
final class DialFailure {

    private DialFailure() {}

    /** Why there is no connection. */
    static String toConnect(IOException ex) {
        String message = Causes.line(ex);
        if (ex instanceof UnknownHostException) {
            return "unknown host: its name has no address";
        }
        if (ex instanceof SocketTimeoutException || message.startsWith("Connection timed out")) {
            return "timed out: it did not answer within 'tcp.connect-timeout'";
        }
        if (message.startsWith("Connection refused")) {
            return "connection refused: nothing listens there";
        }
        if (message.startsWith("Network is unreachable") || message.contains("unreachable network")) {
            return "network unreachable: no route leads to it";
        }
        if (ex instanceof NoRouteToHostException || message.startsWith("Host is unreachable")) {
            return "host unreachable: it is down, or a firewall refuses";
        }
        if (message.startsWith("Connection reset")) {
            return "connection reset: it broke the connection off as soon as it was there";
        }
        return "no connection: " + message;
    }

    /** How a connection broke. */
    static String broken(IOException ex) {
        String message = Causes.line(ex);
        return message.startsWith("Connection reset")
                ? "connection reset: it broke the connection off"
                : "connection broken: " + message;
    }

    /** Why there is no TLS. */
    static String tls(TlsTrouble trouble, IOException ex) {
        return switch (trouble) {
            case NOT_TLS -> "no TLS: it speaks something else";
            case BROKEN_OFF -> "no TLS: it ended the connection within the handshake";
            case CERTIFICATE_OUT_OF_DATE -> "no TLS: its certificate is out of date";
            case CERTIFICATE_NOT_TRUSTED ->
                "no TLS: its certificate is not trusted, or is for another name: " + lastLine(ex);
            case REFUSED_BY_PEER -> "no TLS: it refuses our certificate or terms: " + lastLine(ex);
            case NO_COMMON_VERSION, NO_COMMON_CIPHER, CERTIFICATE_MISSING, UNEXPECTED_TLS, OTHER ->
                "no TLS: " + lastLine(ex);
        };
    }

    private static String lastLine(IOException ex) {
        return Causes.line(Causes.of(ex).getLast());
    }

    /** How a connection ended that was there. */
    static String ended(Reason.Closed reason) {
        return switch (reason) {
            case PEER -> "it ended the connection";
            case IDLE -> "nothing came from it within 'timeouts.idle'";
            case HANDSHAKE_TIMEOUT -> "the TLS handshake took longer than 'timeouts.handshake'";
            case FRAME_TIMEOUT -> "a frame took longer than 'timeouts.frame'";
            case WRITE_TIMEOUT -> "it took what was written more slowly than 'timeouts.write' allows";
            case OVERSIZE -> "it sent a frame larger than 'framing.max-size'";
            case MALFORMED -> "it sent what is no frame";
            case FAILED -> "a message of it failed";
            case RULE -> "a rule ended the connection";
            case UNIDENTIFIED -> "it sent a message before it had said who it is";
            case REFUSED -> "who it says to be is not served, or is connected already";
            case UNCHECKED -> "nobody could tell whether who it says to be is served";
            case UNCONFIRMED -> "it did not answer a command in time";
            case RESTLESS -> "its device has connected too often of late";
            case REPLACED -> "its device has connected once more";
            case MEMORY -> "all connections held as much memory as 'sluice.memory.limit' allows";
            case SESSION -> "its connection had reached the age of 'timeouts.session'";
            case RELOADED -> "it is no longer declared, or its listener's framing has changed";
            case OPERATOR -> "an operator closed its connection";
            case BROKEN, ACCESS_DENIED, HANDSHAKE, CERTIFICATE, NOT_TLS, UNEXPECTED_TLS, STOPPED ->
                "its connection ended: " + reason.text();
        };
    }
}
