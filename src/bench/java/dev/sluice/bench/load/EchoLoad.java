package dev.sluice.bench.load;

import dev.sluice.bench.server.Framing;
import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Messages that come back. Each connection always has the same number of them under way: as many as have returned in a
 * read are sent in the next write.
 *
 * @param inFlight of each connection
 */
record EchoLoad(String name, int connections, int inFlight, Task task) implements Load {

    @Override
    public String description() {
        return "%s that come back%s; %s, %s"
                .formatted(
                        Load.describe(task),
                        task.reply() == Reply.ECHO_DURABLE ? " once they are on disk" : "",
                        Load.count(connections, "connection"),
                        inFlight == 1 ? "one message at a time" : inFlight + " messages in flight each");
    }

    @Override
    public List<String> servers() {
        return task.framing() == Framing.TRACKER ? List.of("netty", "sluice") : List.of();
    }

    @Override
    public LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        try (var run = new EchoRun(connections, inFlight, task)) {
            return run.run(server, duration);
        }
    }
}
