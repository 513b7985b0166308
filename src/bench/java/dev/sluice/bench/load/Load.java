package dev.sluice.bench.load;

import dev.sluice.bench.server.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A way to keep a server busy. */
public sealed interface Load permits EchoLoad, OneWayLoad {

    List<Load> ALL = List.of(
            new EchoLoad("echo-single", 1, 1),
            new EchoLoad("echo-1", 64, 1),
            new EchoLoad("echo-16", 64, 16),
            new OneWayLoad("one-way", 16));

    String name();

    String description();

    /** What it wants the server to do. */
    Reply reply();

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
