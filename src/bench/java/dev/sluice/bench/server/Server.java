package dev.sluice.bench.server;

import java.nio.file.Path;
import java.util.List;

/** Something to measure, and how it is started. */
public sealed interface Server permits OwnServer, SluiceServer {

    /** Whom the others are compared with. */
    String BASELINE = "netty";

    /** In the order in which they take turns. */
    static List<Server> all(Path sluiceJar, Path directory) {
        return List.of(
                new OwnServer(
                        "discard", Reply.NONE, BareServer.class, "reads and forgets: what the load program can send"),
                new OwnServer(
                        "mirror",
                        Reply.ECHO,
                        BareServer.class,
                        "writes what it read, unseen: what the load program can exchange"),
                new OwnServer(BASELINE, NettyServer.class, NettyServer.description()),
                new SluiceServer(sluiceJar, directory),
                new OwnServer("spring-integration", StockServer.class, StockServer.description("net")),
                new OwnServer("spring-integration-nio", StockServer.class, StockServer.description("nio"), "nio"));
    }

    String name();

    String description();

    boolean offers(Reply reply);

    /** Whether it is an {@link OwnServer} that can be asked how many lines it has handled. */
    boolean counts();

    /** What follows {@code java} and its flags. The process that it starts listens on that port of 127.0.0.1. */
    List<String> command(Reply reply, int port);
}
