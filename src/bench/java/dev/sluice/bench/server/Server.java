package dev.sluice.bench.server;

import java.nio.file.Path;
import java.util.List;

/** Something to measure, and how it is started. */
public sealed interface Server permits DeliveringServer, OwnServer, RsyslogServer, SluiceServer {

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
                new SluiceServer(sluiceJar, directory.resolve("sluice-data")),
                new OwnServer(
                        "spring-integration-jdbc",
                        Reply.ECHO_DURABLE,
                        JdbcStoreServer.class,
                        JdbcStoreServer.description(),
                        List.of("-Dbench.store=" + directory.resolve("spring-integration-data/queue"))),
                new RsyslogServer(RsyslogServer.Queue.MEMORY, directory.resolve("rsyslog-data")),
                new RsyslogServer(RsyslogServer.Queue.DISK, directory.resolve("rsyslog-data")),
                new RsyslogServer(RsyslogServer.Queue.SYNCED_DISK, directory.resolve("rsyslog-data")),
                new OwnServer("spring-integration", StockServer.class, StockServer.description("net")),
                new OwnServer("spring-integration-nio", StockServer.class, StockServer.description("nio"), "nio"));
    }

    /**
     * The service with another sink than a file for what it has put on disk.
     *
     * @param arguments that say what sink {@code lines} is
     */
    static Server delivering(Path sluiceJar, Path directory, List<String> arguments) {
        return new DeliveringServer(sluiceJar, directory, arguments);
    }

    String name();

    String description();

    boolean offers(Task task);

    /** Whether it is an {@link OwnServer} that can be asked how many lines it has handled. */
    boolean counts();

    /** Whether it is a Java program, started with the flags that all of them get. */
    default boolean isJava() {
        return true;
    }

    /** What follows {@code java} and its flags; if it is no Java program, all. The process that it starts listens on that port of 127.0.0.1. */
    List<String> command(Task task, int port);
}
