package dev.sluice.bench.load;

import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Messages that come back, sent when they are due, one connection after the other, whether or not earlier ones have
 * been answered.
 *
 * @param perSecond messages on all connections together
 */
record PacedLoad(String name, int connections, int perSecond, Task task) implements Load {

    @Override
    public String description() {
        return "%s that come back, %,d/s in even steps, latency from when each was due; %s in turns"
                .formatted(Load.describe(task), perSecond, Load.count(connections, "connection"));
    }

    @Override
    public LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        try (var run = new PacedRun(connections, perSecond, task)) {
            return run.run(server, duration);
        }
    }
}
