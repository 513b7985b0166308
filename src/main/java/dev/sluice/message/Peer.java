package dev.sluice.message;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a message came from, and who gets its reply: an open TCP connection, or the source of a datagram.
 *
 * <p>{@link #reply} and {@link #fail} belong to the thread that hands the message on, during its handling; they buffer
 * and never block.
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
     * Answers the message in hand with these bytes as they are, whatever the listener's framing.
     */
    default void replyUnframed(byte[] bytes) {
        reply(bytes);
    }

    /** The message in hand is answered by this, once that has come; those behind it are handled meanwhile. */
    default void owe(ReceivedMessage message, Awaited answer) {
        throw new UnsupportedOperationException("this peer waits for nobody's answers");
    }

    /** Tells that the message in hand was not accepted. */
    void fail();

    /** Ends a TCP connection behind the answers to the messages so far. A datagram's source has none. */
    default void end(End reason) {}

    /** The message in hand is answered, and is nobody's business beyond that. */
    void quiet();

    /**
     * It is known from now on who the peer is. Of a datagram's source that holds for no other datagram.
     *
     * @return null if that may be; else why not: the device is not served, say, or another connection is to keep the
     *     identity
     */
    @Nullable
    End identified(Origin origin);

    /** Returns whether the device has connected once more, so that this peer hands nothing more on. */
    default boolean isReplaced() {
        return false;
    }

    /** What its listener's handling has noted about it. */
    default @Nullable Object note() {
        return null;
    }

    /** Replaces that, where peers are known for longer than a message. */
    default void note(Object note) {}

    /** Why the handling of a message ends its connection. */
    enum End {
        /** The message failed, and there is no answer for that. */
        FAILED,
        /** Its rule says so, or a bean. */
        RULE,
        /** Nobody is served who has not said who he is. */
        UNIDENTIFIED,
        /** Who it says to be is not served. */
        REFUSED,
        /** Nobody can tell now whether who it says to be is served. */
        UNCHECKED
    }
}
