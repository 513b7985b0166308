package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.management.ConnectionsEndpoint.Description.Count;
import dev.sluice.transport.ClosedConnection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections of a listener that ended last, newest first, as the endpoint shows them. */
record ClosedDescriptions(List<Closed> closed) {

    record Closed(
            String id,
            String remoteAddress,
            int remotePort,
            @Nullable String identity,
            @Nullable String tlsSubject,
            Instant openedAt,
            Instant lastReadAt,
            Instant closedAt,
            String reason,
            Count messages,
            Count bytes) {

        static Closed of(ClosedConnection connection) {
            return new Closed(
                    connection.origin().connection(),
                    connection.origin().remoteAddress(),
                    connection.origin().remote().getPort(),
                    connection.origin().identity(),
                    connection.tlsSubject(),
                    connection.openedAt(),
                    connection.lastReadAt(),
                    connection.closedAt(),
                    connection.reason().text(),
                    new Count(
                            connection.counts().messagesIn(),
                            connection.counts().messagesOut()),
                    new Count(connection.counts().bytesIn(), connection.counts().bytesOut()));
        }
    }

    static ClosedDescriptions of(Listener listener) {
        return new ClosedDescriptions(listener.transport().traffic().lastClosed.newestFirst().stream()
                .map(Closed::of)
                .toList());
    }
}
