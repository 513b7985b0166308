package dev.sluice.message;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a message came from, and who gets its reply: an open TCP connection, or the source of a datagram.
 *
 * <p>{@link #reply} and {@link #fail} belong to the thread that hands the message on, during its handling; they buffer and
 * never block.
 */
public interface Peer {

    /** What of this outlives it. */
    Origin origin();

    /** The name of the listener that received the message. */
    default String listener() {
        return origin().listener();
    }

    /** The id of the TCP connection; for UDP the source, see {@link Origin#connection()}. */
    default String connection() {
        return origin().connection();
    }

    /** The peer's address and port. */
    default InetSocketAddress remote() {
        return origin().remote();
    }

    /** How the message in hand is handled. Belongs to its thread, as {@link #reply} does. */
    Handling handling();

    /**
     * Answers the message in hand.
     *
     * @throws IllegalArgumentException if the listener's framing cannot carry this payload
     */
    void reply(byte[] payload);

    /**
     * Tells that the message in hand was not accepted.
     *
     * @param answer what the peer gets instead of a reply; without one a TCP connection is closed
     */
    void fail(byte @Nullable [] answer);
}
