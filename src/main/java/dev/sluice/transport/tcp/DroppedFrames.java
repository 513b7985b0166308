package dev.sluice.transport.tcp;

import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import org.jspecify.annotations.Nullable;

/** Tells the log what of a connection is dropped, and keeps what operators may want to look at. */
final class DroppedFrames implements ConnectionTraffic.Drops {

    private final Connection connection;
    private final Steering steering;
    private final PeerTroubles troubles;

    DroppedFrames(Connection connection, Steering steering, PeerTroubles troubles) {
        this.connection = connection;
        this.steering = steering;
        this.troubles = troubles;
    }

    @Override
    public void dropped(Reason.Dropped reason, @Nullable String problem) {
        troubles.dropped(reason, problem, connection.remote());
    }

    @Override
    public void rejected(Reason.Dropped reason, @Nullable String problem, int length, byte[] beginning) {
        steering.settings().rejected(reason, problem, connection.origin(), length, beginning);
    }
}
