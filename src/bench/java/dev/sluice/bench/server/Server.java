package dev.sluice.bench.server;

import dev.sluice.bench.wire.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something to measure, and how it is started. */
public sealed interface Server permits DeliveringServer, OwnServer, RsyslogServer, SluiceServer, SyslogNgServer {

    /** Whom the others are compared with. */
    String BASELINE = "netty";

    /** Who is compared. */
    String SLUICE = "sluice";

    /** An earlier jar of the service, whom all are compared with where it takes part. */
    String BEFORE = "before";

    /** The earlier jar once more, whose difference from itself is noise. */
    String AGAIN = "again";

    /** Whom the others are compared with, of those that take part. */
    static String baseline(Collection<String> names) {
        return names.contains(BEFORE) ? BEFORE : BASELINE;
    }

    /** In the order in which they take turns: those of an earlier jar, and then {@link #all}. */
    static List<Server> all(Path sluiceJar, @Nullable Path earlierJar, Path directory) {
        List<Server> all = new ArrayList<>();
        if (earlierJar != null) {
            all.add(new SluiceServer(BEFORE, earlierJar, directory));
            all.add(new SluiceServer(AGAIN, earlierJar, directory));
        }
        all.addAll(all(sluiceJar, directory));
        return all;
    }

    /** In the order in which they take turns. */
    static List<Server> all(Path sluiceJar, Path directory) {
        return List.of(
                new OwnServer(
                        "discard",
                        task -> task.reply() == Reply.NONE,
                        BareServer.class,
                        "reads and forgets: what the load program can send",
                        directory),
                new OwnServer(
                        "mirror",
                        task -> task.reply() == Reply.ECHO,
                        BareServer.class,
                        "writes what it read, unseen: what the load program can exchange",
                        directory),
                new OwnServer(BASELINE, Task::isEchoOrNone, NettyServer.class, NettyServer.description(), directory),
                new SluiceServer(SLUICE, sluiceJar, directory),
                new OwnServer(
                        "camel",
                        task -> task.isEchoOrNone()
                                && task.isPlainLines()
                                && task.messageBytes() <= CamelServer.LONGEST,
                        CamelServer.class,
                        CamelServer.description(),
                        directory),
                new OwnServer(
                        "spring-integration-jdbc",
                        task -> task.reply() == Reply.ECHO_DURABLE
                                && task.isPlainLines()
                                && task.messageBytes() <= StockServer.LONGEST,
                        JdbcStoreServer.class,
                        JdbcStoreServer.description(),
                        directory,
                        List.of("-Dbench.store=" + directory.resolve("spring-integration-data/queue")),
                        List.of()),
                new RsyslogServer(RsyslogServer.Queue.MEMORY, directory.resolve("rsyslog-data")),
                new RsyslogServer(RsyslogServer.Queue.DISK, directory.resolve("rsyslog-data")),
                new RsyslogServer(RsyslogServer.Queue.SYNCED_DISK, directory.resolve("rsyslog-data")),
                new SyslogNgServer(directory.resolve("syslog-ng-data")),
                new OwnServer(
                        "spring-integration",
                        StockServer::offers,
                        StockServer.class,
                        StockServer.description("net"),
                        directory),
                new OwnServer(
                        "spring-integration-nio",
                        StockServer::offers,
                        StockServer.class,
                        StockServer.description("nio"),
                        directory,
                        "nio"));
    }

    /** The key that all of them show. */
    static Tls tls(Path directory) throws IOException {
        return Tls.in(directory.resolve("tls"));
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

    /**
     * What follows {@code java} and its flags; if it is no Java program, all. The process that it starts listens on
     * that port of 127.0.0.1.
     */
    List<String> command(Task task, int port) throws IOException;
}
