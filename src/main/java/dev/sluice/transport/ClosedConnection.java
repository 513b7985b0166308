package dev.sluice.transport;

import dev.sluice.message.Origin;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A connection that has ended, as an operator sees it.
 *
 * @param origin who it was, as far as that was known at the end
 * @param tlsSubject the distinguished name in the peer's certificate; null if it has shown none
 * @param lastReadAt when a read last returned; {@code openedAt} if none has
 * @param counts what had come and gone by the end
 * @param reason why it ended
 */
public record ClosedConnection(
        Origin origin,
        @Nullable String tlsSubject,
        Instant openedAt,
        Instant lastReadAt,
        Instant closedAt,
        Connection.Counts counts,
        Reason.Closed reason) {

    /** Returns what is to be told of a connection that ends now. */
    public static ClosedConnection of(Connection connection, Reason.Closed reason) {
        return new ClosedConnection(
                connection.origin(),
                connection.tlsSubject().orElse(null),
                connection.openedAt(),
                connection.lastReadAt(),
                Instant.ofEpochMilli(System.currentTimeMillis()),
                connection.counts(),
                reason);
    }
}
