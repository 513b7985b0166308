package dev.sluice.bench.load;

import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Connections that are made, exchange one message for its echo and are closed: what counts as a message is a
 * connection, and its latency begins with it.
 */
record ConnectLoad(String name, int atOnce, Task task) implements Load {

    @Override
    public String description() {
        return "connections made, used for one message and its echo, and closed, %d at a time; %s"
                .formatted(atOnce, Load.describe(task));
    }

    @Override
    public LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        try (var run = new ConnectRun(atOnce, task)) {
            return run.run(server, duration);
        }
    }
}
