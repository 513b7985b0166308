package dev.sluice.message;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where messages came from: what of a peer outlives its connection.
 *
 * @param listener the name of the listener that received them
 * @param connection the id of the TCP connection; for UDP the source as {@code address:port}, or {@code [address]:port}
 *     if it is IPv6
 * @param stream the id of that in which messages are counted: the connection for TCP, one run of the listener for UDP.
 *     Unique also after a restart
 * @param remote the peer's address and port
 * @param identity who the device is, as a rule or its certificate says; null if nobody has said
 */
public record Origin(
        String listener,
        String connection,
        String stream,
        InetSocketAddress remote,
        @Nullable String identity) {

    /** An identity has so many characters at the most: it gets into topics, paths and logs. */
    public static final int LONGEST_IDENTITY = 128;

    private static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0);

    /** What the connection of an outcome begins with: it has none, and no connection is called so. */
    private static final String OUTCOME = "outcome-";

    /**
     * Of what became of a command, which came from no peer.
     *
     * @param listener that took the command
     * @param stream unlike that of any other outcome
     */
    public static Origin ofOutcome(String listener, String stream, String identity) {
        String name = OUTCOME + stream;
        return new Origin(listener, name, name, NOWHERE, identity);
    }

    /** Returns whether it is that of what became of a command. */
    public boolean isOutcome() {
        return connection.startsWith(OUTCOME);
    }

    /** Of somebody who has not said who he is. */
    public Origin(String listener, String connection, String stream, InetSocketAddress remote) {
        this(listener, connection, stream, remote, null);
    }

    /** The same, once it is known who that is. */
    public Origin identified(@Nullable String who) {
        return new Origin(listener, connection, stream, remote, who);
    }

    /** The peer's address as it is written everywhere, see {@link AddressText}. */
    public String remoteAddress() {
        return AddressText.of(remote.getAddress());
    }

    /**
     * Names the messages that keep their order among themselves: those of a TCP connection, or of a UDP source address.
     */
    public String lane() {
        return stream.equals(connection) ? stream : remoteAddress();
    }
}
