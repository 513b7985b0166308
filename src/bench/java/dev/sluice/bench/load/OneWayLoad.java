package dev.sluice.bench.load;

import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Messages sent as fast as the server takes them, then end of stream. It is over when the server, having read all, has
 * closed every connection.
 *
 * @param servers that it is meant for, by name; empty: all
 */
record OneWayLoad(String name, int connections, Task task, List<String> servers) implements Load {

    OneWayLoad(String name, int connections, Task task) {
        this(name, connections, task, List.of());
    }

    boolean isLike(Load other) {
        return other instanceof OneWayLoad one && one.connections == connections && one.task.equals(task);
    }

    @Override
    public String description() {
        return "%s without an answer, as fast as they are taken%s; %s"
                .formatted(
                        Load.describe(task),
                        switch (task.reply()) {
                            case FILE -> ", and written to a file";
                            case DURABLE -> ", put on disk and from there written to a file";
                            default -> "";
                        },
                        Load.count(connections, "connection"));
    }

    @Override
    public LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        try (var run = new OneWayRun(connections, task)) {
            return run.run(server, duration);
        }
    }
}
