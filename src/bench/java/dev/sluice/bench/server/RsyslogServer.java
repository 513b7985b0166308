package dev.sluice.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The system's rsyslog, receiving by {@code imptcp} and writing by {@code omfile}, each as it comes. */
record RsyslogServer(Queue queue, Path directory) implements Server {

    private static final Path PROGRAM = Path.of("/usr/sbin/rsyslogd");

    /** Where messages wait between the two. */
    enum Queue {
        MEMORY(""),
        DISK("queue.type=\"Disk\" queue.filename=\"waiting\""),
        SYNCED_DISK("queue.type=\"Disk\" queue.filename=\"waiting\" queue.syncqueuefiles=\"on\""
                + " queue.checkpointinterval=\"1\"");

        private final String settings;

        Queue(String settings) {
            this.settings = settings;
        }
    }

    @Override
    public String name() {
        return queue == Queue.MEMORY
                ? "rsyslog"
                : "rsyslog-" + queue.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String description() {
        return "rsyslog, `imptcp` to `omfile`" + (queue.settings.isEmpty() ? "" : ", `" + queue.settings + "`");
    }

    @Override
    public boolean offers(Task task) {
        return Files.isExecutable(PROGRAM)
                && task.isPlainLines()
                && task.reply() == (queue == Queue.MEMORY ? Reply.FILE : Reply.DURABLE);
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
        Path own = Files.createDirectories(directory.resolve(name()));
        Path configuration = Files.writeString(own.resolve("rsyslog.conf"), """
            global(workDirectory="%1$s")
            module(load="imptcp" threads="2")
            template(name="line" type="string" string="%%rawmsg%%\\n")
            ruleset(name="all" %2$s) {
              action(type="omfile" file="%1$s/lines.log" template="line")
            }
            input(type="imptcp" address="127.0.0.1" port="%3$d" ruleset="all")
            """.formatted(own, queue.settings, port));
        return List.of(PROGRAM.toString(), "-n", "-i", own.resolve("pid").toString(), "-f", configuration.toString());
    }
}
