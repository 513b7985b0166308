package dev.sluice.bench.load;

import dev.sluice.bench.server.Framing;
import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A way to keep a server busy. */
public sealed interface Load permits ConnectLoad, EchoLoad, OneWayLoad, PacedLoad {

    /** For every server that offers what they want. */
    private static List<Load> general() {
        return List.of(
                new EchoLoad("echo-single", 1, 1, Task.lines(Reply.ECHO)),
                new EchoLoad("echo-1", 64, 1, Task.lines(Reply.ECHO)),
                new EchoLoad("echo-1000", 1000, 1, Task.lines(Reply.ECHO)),
                new EchoLoad("echo-16", 64, 16, Task.lines(Reply.ECHO)),
                new EchoLoad("length-echo", 64, 16, new Task(Reply.ECHO, Framing.LENGTH, 64, false)),
                new EchoLoad("tracker", 64, 16, new Task(Reply.ECHO, Framing.TRACKER, 64, false)),
                new PacedLoad("paced-20k", 64, 20_000, Task.lines(Reply.ECHO)),
                new PacedLoad("paced-100k", 64, 100_000, Task.lines(Reply.ECHO)),
                new OneWayLoad("one-way", 16, Task.lines(Reply.NONE)),
                new OneWayLoad("length", 16, new Task(Reply.NONE, Framing.LENGTH, 64, false)),
                new EchoLoad("tls-echo", 64, 16, new Task(Reply.ECHO, Framing.LINE, 64, true)),
                new OneWayLoad("tls-one-way", 16, new Task(Reply.NONE, Framing.LINE, 64, true)),
                new ConnectLoad("connect", 16, Task.lines(Reply.ECHO)),
                new EchoLoad("durable-single", 1, 1, Task.lines(Reply.ECHO_DURABLE)),
                new EchoLoad("durable-16", 16, 1, Task.lines(Reply.ECHO_DURABLE)),
                new EchoLoad("durable-256", 256, 1, Task.lines(Reply.ECHO_DURABLE)),
                new EchoLoad("durable-64", 16, 64, Task.lines(Reply.ECHO_DURABLE)),
                new OneWayLoad("durable-one-way", 16, Task.lines(Reply.DURABLE)),
                new OneWayLoad("file", 16, Task.lines(Reply.FILE)));
    }

    /** The grid comes last: it is what a run that is short of time can do without. */
    List<Load> ALL =
            Stream.concat(general().stream(), Grid.loads(general()).stream()).toList();

    String name();

    String description();

    /** What it wants the server to do. */
    Task task();

    /** Whom it is for unless somebody is asked for, by name; empty: every server. */
    default List<String> servers() {
        return List.of();
    }

    /**
     * Runs for about so long on the calling thread. Ends, by an exception if need be, also if the server does nothing
     * at all.
     */
    LoadResult run(InetSocketAddress server, Duration duration) throws IOException;

    static Load named(String name) {
        return ALL.stream()
                .filter(load -> load.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No load '%s'. There are: %s"
                        .formatted(name, ALL.stream().map(Load::name).toList())));
    }

    /** The messages of a task, in words. */
    static String describe(Task task) {
        return switch (task.framing()) {
                    case LINE -> "lines of %,d bytes".formatted(task.messageBytes());
                    case TRACKER -> "frames of a tracker of %,d bytes".formatted(task.messageBytes());
                    case LENGTH -> "messages of %,d bytes, four for the length in front".formatted(task.messageBytes());
                }
                + (task.tls() ? ", encrypted," : "");
    }

    static String count(int number, String thing) {
        return "%,d %s%s".formatted(number, thing, number == 1 ? "" : "s");
    }
}
