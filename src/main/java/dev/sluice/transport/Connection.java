package dev.sluice.transport;

import dev.sluice.message.Origin;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** An open TCP connection, as an operator sees and steers it. Safe for use by any thread. */
public interface Connection {

    /** Where its messages come from, and who has sent them as far as that is known now. */
    Origin origin();

    /** The name of the listener that it belongs to. */
    default String listener() {
        return origin().listener();
    }

    /** Its id. */
    default String connection() {
        return origin().connection();
    }

    /** The peer's address and port. */
    default InetSocketAddress remote() {
        return origin().remote();
    }

    /** The distinguished name (RFC 4514) in the certificate that the peer has shown; nothing if it has shown none. */
    Optional<String> tlsSubject();

    Instant openedAt();

    /** When a read last returned; {@link #openedAt()} if none has. */
    Instant lastReadAt();

    /** What has come and gone by now. */
    Counts counts();

    /**
     * What has come over a connection, and what was written to it.
     *
     * @param messagesOut replies, and what operators have sent
     */
    record Counts(long messagesIn, long messagesOut, long bytesIn, long bytesOut) {}

    /** Returns how its messages are told from one another, which stays so until it ends. */
    Framing framing();

    /**
     * Returns the payload as it is written to this peer.
     *
     * @throws IllegalArgumentException if the framing cannot carry it
     */
    default FrameBuffer frame(byte[] payload) {
        FrameBuffer frame = new FrameBuffer();
        framing().encode(payload, frame);
        return frame;
    }

    /**
     * Writes a {@linkplain #frame frame}; blocks while the peer does not read,
     * until the write timeout closes the connection.
     *
     * @param patience how long to wait for others who are writing
     * @return false if the others took longer, or the connection ended before all was written
     */
    default boolean send(FrameBuffer frame, Duration patience) {
        return write(frame, patience) == Written.ALL;
    }

    /**
     * Waits for what the peer says from now on.
     *
     * @return whether it does: not if too many wait already, or the connection has ended
     */
    boolean expect(Expectation expectation);

    /** Waits for it no longer. */
    void forget(Expectation expectation);

    /**
     * Writes a frame, as {@link #send} does.
     *
     * @return what is known of its bytes
     */
    Written write(FrameBuffer frame, Duration patience);

    /** What became of the bytes of a frame. */
    enum Written {
        /** All of them are the kernel's. */
        ALL,
        /** None of them is: others took longer, or the connection had ended before. */
        NONE,
        /** The connection broke, and nobody knows what of them has arrived. */
        UNKNOWN
    }

    /** Returns who minds all that the peer says; nothing as long as nobody does. */
    Optional<Attendant> attendant();

    /** Returns who minds all that the peer says: the newcomer, if nobody does yet. */
    Attendant attendedBy(Attendant newcomer);

    /** Closes at once, whatever is under way. The first reason counts. */
    void close(Reason.Closed reason);
}
