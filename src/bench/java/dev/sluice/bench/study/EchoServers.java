package dev.sluice.bench.study;

import dev.sluice.bench.Options;
import dev.sluice.bench.ServerProcess;
import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Server;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Servers of the comparison that send lines back, started with what a study adds. */
final class EchoServers {

    static final String SLUICE = "sluice";
    static final String NETTY = Server.BASELINE;
    static final String BEFORE = Server.BEFORE;

    /** More than any study opens. */
    static final String ROOM = "--sluice.listeners.bench.limits.max-connections=20000";

    private EchoServers() {}

    /** @param more arguments that follow the server's own */
    static ServerProcess start(Options options, String name, List<String> jvm, List<String> more, Path log)
            throws IOException {
        return start(options, name, Task.lines(Reply.ECHO), jvm, more, log);
    }

    static ServerProcess start(Options options, String name, Task task, List<String> jvm, List<String> more, Path log)
            throws IOException {
        // Started apart, each with its own data, because a second process is refused a directory that one has.
        Server server =
                Server.all(options.jar(), options.before(), options.output().resolve(log.getFileName() + "-data"))
                        .stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        return new ServerProcess(server, task, jvm, more, log);
    }
}
