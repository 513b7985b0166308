package dev.sluice.sink.http;

import dev.sluice.memory.Halt;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in a few words why there was no answer. */
final class HttpFailures {

    private static final int MAX_DEPTH = 10;

    private HttpFailures() {}

    static String reason(Throwable thrown, URI uri, Duration timeout) {
        Halt.onOutOfMemory(thrown);
        String server = uri.getRawAuthority();
        if (has(thrown, HttpConnectTimeoutException.class)) {
            return "no connection to " + server + " within " + text(timeout);
        }
        if (has(thrown, HttpTimeoutException.class) || has(thrown, TimeoutException.class)) {
            return "no answer from " + server + " within " + text(timeout);
        }
        if (has(thrown, UnresolvedAddressException.class) || has(thrown, UnknownHostException.class)) {
            return "unknown host " + uri.getHost();
        }
        if (has(thrown, NoRouteToHostException.class)) {
            return "no route to " + server;
        }
        SSLException tls = find(thrown, SSLException.class);
        if (tls != null) {
            return "TLS with " + server + ": " + tls.getMessage();
        }
        ConnectException connect = find(thrown, ConnectException.class);
        if (connect != null) {
            // The client throws one without a word where the connection was refused.
            boolean refused = has(connect, ClosedChannelException.class) || connect.getMessage() == null;
            return refused || "Connection refused".equals(connect.getMessage())
                    ? "connection refused by " + server
                    : "no connection to " + server + ": " + connect.getMessage();
        }
        return "connection to " + server + " broke off";
    }

    static String text(Duration timeout) {
        return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + "s" : timeout.toMillis() + "ms";
    }

    private static boolean has(Throwable thrown, Class<? extends Throwable> type) {
        return find(thrown, type) != null;
    }

    private static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MAX_DEPTH; i++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }
}
