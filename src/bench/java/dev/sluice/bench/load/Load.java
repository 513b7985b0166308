package dev.sluice.bench.load;

import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A way to keep a server busy. */
public sealed interface Load permits EchoLoad, OneWayLoad {

    List<Load> ALL = List.of(
            new EchoLoad("echo-single", 1, 1, Reply.ECHO),
            new EchoLoad("echo-1", 64, 1, Reply.ECHO),
            new EchoLoad("echo-16", 64, 16, Reply.ECHO),
            new OneWayLoad("one-way", 16, Reply.NONE),
            new EchoLoad("durable-single", 1, 1, Reply.ECHO_DURABLE),
            new EchoLoad("durable-64", 16, 64, Reply.ECHO_DURABLE),
            new OneWayLoad("durable-one-way", 16, Reply.DURABLE),
            new OneWayLoad("file", 16, Reply.FILE));

    String name();

    String description();

    /** What it wants the server to do. */
    Task task();

    /** Runs for about so long on the calling thread. Ends, by an exception if need be, also if the server does nothing at all. */
    LoadResult run(InetSocketAddress server, Duration duration) throws IOException;

    static Load named(String name) {
        return ALL.stream()
                .filter(load -> load.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No load '%s'. There are: %s"
                        .formatted(name, ALL.stream().map(Load::name).toList())));
    }
}
