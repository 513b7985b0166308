package dev.sluice.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The system's syslog-ng, from {@code network()} to {@code file()}, neither parsing nor dropping; else as it comes. Its
 * disk buffer is for destinations across a network only, so it keeps nothing.
 */
record SyslogNgServer(Path directory) implements Server {

    private static final Path PROGRAM = Path.of("/usr/sbin/syslog-ng");

    @Override
    public String name() {
        return "syslog-ng";
    }

    @Override
    public String description() {
        return "syslog-ng, `network()` to `file()`, `no-parse`, `flow-control`";
    }

    @Override
    public boolean offers(Task task) {
        return Files.isExecutable(PROGRAM) && task.isPlainLines() && task.reply() == Reply.FILE;
    }

    @Override
    public boolean counts() {
        return false;
    }

    @Override
    public boolean isJava() {
        return false;
    }

    @Override
    public List<String> command(Task task, int port) throws IOException {
        Files.createDirectories(directory);
        Path configuration = Files.writeString(directory.resolve("syslog-ng.conf"), """
            @version: current
            source all {
              network(ip("127.0.0.1") port(%2$d) transport("tcp") flags(no-parse) max-connections(64));
            };
            destination lines { file("%1$s/lines.log" template("$MSG\\n")); };
            log { source(all); destination(lines); flags(flow-control); };
            """.formatted(directory, port));
        return List.of(
                PROGRAM.toString(),
                "--foreground",
                "--no-caps",
                "--cfgfile=" + configuration,
                "--persist-file=" + directory.resolve("persist"),
                "--pidfile=" + directory.resolve("pid"),
                "--control=" + directory.resolve("control"));
    }
}
