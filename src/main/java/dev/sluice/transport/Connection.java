package dev.sluice.transport;

import dev.sluice.message.Peer;
import java.time.Instant;
import java.util.Optional;

/** An open TCP connection, as an operator sees and steers it. Safe for use by any thread, unlike {@link Peer}'s replies. */
public interface Connection extends Peer {

    /** The distinguished name (RFC 4514) in the certificate that the peer has shown; nothing if it has shown none. */
    Optional<String> tlsSubject();

    Instant openedAt();

    /** When a read last returned; {@link #openedAt()} if none has. */
    Instant lastReadAt();

    long messagesIn();

    /** Replies, and what operators have sent. */
    long messagesOut();

    long bytesIn();

    long bytesOut();

    /**
     * Frames the payload and writes it; blocks while the peer does not read, until the write timeout closes the connection.
     *
     * @return false if the connection ended before all was written
     * @throws IllegalArgumentException if the framing cannot carry this payload
     */
    boolean send(byte[] payload);

    /** Closes at once, whatever is under way. The first reason counts. */
    void close(Reason.Closed reason);
}
