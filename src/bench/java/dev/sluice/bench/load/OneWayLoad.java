package dev.sluice.bench.load;

import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Lines sent as fast as the server takes them, then end of stream. It is over when the server, having read all, has closed every connection. */
record OneWayLoad(String name, int connections, Reply reply) implements Load {

    @Override
    public Task task() {
        return Task.lines(reply);
    }

    @Override
    public String description() {
        return "lines of 64 bytes without an answer, as fast as they are taken%s; %d connections"
                .formatted(
                        switch (reply) {
                            case FILE -> ", and written to a file";
                            case DURABLE -> ", put on disk and from there written to a file";
                            default -> "";
                        },
                        connections);
    }

    @Override
    public LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        try (var run = new OneWayRun(connections)) {
            return run.run(server, duration);
        }
    }
}
