package dev.sluice.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Who is to be talked to, and how it is said why that went wrong.
 *
 * @param host a name, or an IPv4 or IPv6 literal
 * @param port 1 to 65535
 * @param timeout to connect, and for each answer
 */
record Peer(String host, int port, Duration timeout) {

    @Override
    public String toString() {
        return host + " port " + port;
    }

    /** Whether it is a literal of IPv6 is plain to see; brackets around it, as in a URL, are allowed. */
    String name() {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** Its addresses in the order of preference, at least one. The system's resolver knows no timeout of its own. */
    List<InetAddress> addresses() throws ClientFailure {
        try {
            return List.of(InetAddress.ofLiteral(name()));
        } catch (IllegalArgumentException ex) {
            return lookUp();
        }
    }

    private List<InetAddress> lookUp() throws ClientFailure {
        BlockingQueue<List<InetAddress>> found = new ArrayBlockingQueue<>(1);
        Thread.startVirtualThread(() -> {
            try {
                found.add(List.of(InetAddress.getAllByName(name())));
            } catch (UnknownHostException ex) {
                found.add(List.of());
            }
        });
        List<InetAddress> addresses;
        try {
            addresses = found.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw ClientFailure.broken("Interrupted while the address of " + host + " was looked up.");
        }
        if (addresses == null) {
            throw ClientFailure.timedOut("Timed out: the address of '" + host + "' was not found within "
                    + TimeoutConverter.format(timeout) + ". Check DNS, or give an IP address.");
        }
        if (addresses.isEmpty()) {
            throw ClientFailure.broken(
                    "Unknown host: '" + host + "' has no address. Check its spelling, or give an IP address.");
        }
        return addresses;
    }

    /** Why there is no connection. */
    ClientFailure notConnected(IOException ex) {
        String reason = reason(ex);
        if (ex instanceof PortUnreachableException || reason.startsWith("Connection refused")) {
            return ClientFailure.broken(
                    "Connection refused: nothing listens on " + this + ". Start the server, or check the port.");
        }
        if (ex instanceof SocketTimeoutException || reason.startsWith("Connection timed out")) {
            return ClientFailure.timedOut("Timed out: no connection to " + this + " within "
                    + TimeoutConverter.format(timeout) + ". The host is down or overloaded, or a firewall is between.");
        }
        if (reason.startsWith("Network is unreachable") || reason.contains("unreachable network")) {
            return ClientFailure.broken(
                    "Network unreachable: no route leads to " + this + ". Check this machine's network.");
        }
        if (ex instanceof NoRouteToHostException || reason.startsWith("Host is unreachable")) {
            return ClientFailure.broken("Host unreachable: " + this
                    + " cannot be reached. Check the address, and that the host is up and no firewall refuses.");
        }
        if (reason.startsWith("Connection reset")) {
            return ClientFailure.broken("Connection reset: " + this
                    + " broke it off as soon as it was there. It may refuse this address, or be full.");
        }
        return ClientFailure.broken("No connection to " + this + ": " + reason + ". Check the address and the port.");
    }

    /** The connection was there and has ended badly. */
    ClientFailure brokenOff(IOException ex, String progress) {
        String reason = reason(ex);
        if (reason.startsWith("Connection reset")) {
            return ClientFailure.broken(
                    "Connection reset: " + this + " broke it off " + progress + ". See its log for the reason.");
        }
        if (reason.startsWith("Broken pipe")) {
            return ClientFailure.broken(
                    "Connection closed: " + this + " took no more " + progress + ". See its log for the reason.");
        }
        return ClientFailure.broken(
                "Connection to " + this + " broken off " + progress + ": " + reason + ". See its log for the reason.");
    }

    private static String reason(Exception ex) {
        String message = ex.getMessage();
        String reason = message == null || message.isBlank() ? ex.getClass().getSimpleName() : message;
        return reason.replaceAll("\\s*\\R\\s*", " ").replaceAll("\\.$", "");
    }
}
