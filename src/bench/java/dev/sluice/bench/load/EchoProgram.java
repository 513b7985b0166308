package dev.sluice.bench.load;

import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lines that come back, one at a time on each connection, over any number of connections and ports. Its argument is the
 * number of connections; it reads {@code PORT,PORT,… MILLIS}, else it is like {@link LoadProgram}.
 */
public final class EchoProgram {

    private EchoProgram() {}

    public static void main(String[] args) throws IOException {
        int connections = Integer.parseInt(args[0]);
        Orders.answer(words -> {
            List<InetSocketAddress> servers =
                    Stream.of(words.getFirst().split(",")).map(Orders::server).toList();
            try (var run = new EchoRun(connections, 1, Task.lines(Reply.ECHO))) {
                return run.run(servers, Duration.ofMillis(Long.parseLong(words.getLast())));
            }
        });
    }
}
