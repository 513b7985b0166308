package dev.sluice.sink.http;

import dev.sluice.memory.Halt;
import dev.sluice.sink.Failure;
import dev.sluice.text.Causes;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Why a message was not taken: there was no answer, or one that says so. */
final class HttpFailures {

    private HttpFailures() {}

    /**
     * Returns what follows from the status of an answer, or of one item in it; empty if the message was taken.
     *
     * @param text what the operator reads of it
     */
    static Optional<Failure> ofStatus(int status, String text) {
        return switch (status) {
            case 401, 403, 407 -> Optional.of(Failure.unauthorized(text));
            case 408, 425, 429 -> Optional.of(Failure.passing(text));
            default ->
                switch (status / 100) {
                    case 2 -> Optional.empty();
                    case 4 -> Optional.of(Failure.poison(text));
                    default -> Optional.of(Failure.passing(text));
                };
        };
    }

    /** Says in a few words why there was no answer. */
    static String reason(Throwable thrown, URI uri, Duration timeout) {
        Halt.onOutOfMemory(thrown);
        String server = uri.getRawAuthority();
        if (Causes.has(thrown, HttpConnectTimeoutException.class)) {
            return "no connection to " + server + " within " + text(timeout);
        }
        if (Causes.has(thrown, HttpTimeoutException.class, TimeoutException.class)) {
            return "no answer from " + server + " within " + text(timeout);
        }
        if (Causes.has(thrown, UnresolvedAddressException.class, UnknownHostException.class)) {
            return "unknown host " + uri.getHost();
        }
        if (Causes.has(thrown, NoRouteToHostException.class)) {
            return "no route to " + server;
        }
        Optional<SSLException> tls = Causes.find(thrown, SSLException.class);
        if (tls.isPresent()) {
            return "TLS with " + server + ": " + tls.get().getMessage();
        }
        ConnectException connect = Causes.find(thrown, ConnectException.class).orElse(null);
        if (connect != null) {
            // The client throws one without a word where the connection was refused.
            boolean refused = Causes.has(connect, ClosedChannelException.class) || connect.getMessage() == null;
            return refused || "Connection refused".equals(connect.getMessage())
                    ? "connection refused by " + server
                    : "no connection to " + server + ": " + connect.getMessage();
        }
        return "connection to " + server + " broke off";
    }

    static String text(Duration timeout) {
        return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + "s" : timeout.toMillis() + "ms";
    }
}
