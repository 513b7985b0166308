package dev.sluice.bench.server;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A server that is part of the benchmark: a main class that serves by means of {@link ServerProgram}. */
record OwnServer(
        String name, Set<Reply> replies, Class<?> main, String description, List<String> flags, List<String> arguments)
        implements Server {

    OwnServer(String name, Reply reply, Class<?> main, String description) {
        this(name, reply, main, description, List.of());
    }

    OwnServer(String name, Reply reply, Class<?> main, String description, List<String> flags) {
        this(name, EnumSet.of(reply), main, description, flags, List.of());
    }

    OwnServer(String name, Class<?> main, String description, String... arguments) {
        this(name, EnumSet.of(Reply.ECHO, Reply.NONE), main, description, List.of(), List.of(arguments));
    }

    @Override
    public boolean offers(Task task) {
        return task.isPlainLines() && replies.contains(task.reply());
    }

    @Override
    public boolean counts() {
        return true;
    }

    @Override
    public List<String> command(Task task, int port) {
        // The two flags are for Netty: with them it works with memory as it does by default on a Java before 24.
        var command = new ArrayList<String>(
                List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(flags);
        command.addAll(List.of(
                "-classpath",
                System.getProperty("java.class.path"),
                main.getName(),
                task.argument(),
                String.valueOf(port)));
        command.addAll(arguments);
        return command;
    }
}
