package dev.sluice.bench.load;

import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Lines that come back. Each connection always has the same number of them under way: as many as have returned in a read are sent in the next write.
 *
 * @param inFlight of each connection
 * @param reply what the server does before a line comes back
 */
record EchoLoad(String name, int connections, int inFlight, Reply reply) implements Load {

    @Override
    public Task task() {
        return Task.lines(reply);
    }

    @Override
    public String description() {
        return "lines of 64 bytes that come back%s; %s, %s"
                .formatted(
                        reply == Reply.ECHO_DURABLE ? " once they are on disk" : "",
                        connections == 1 ? "1 connection" : connections + " connections",
                        inFlight == 1 ? "one line at a time" : inFlight + " lines in flight each");
    }

    @Override
    public LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        try (var run = new EchoRun(connections, inFlight)) {
            return run.run(server, duration);
        }
    }
}
