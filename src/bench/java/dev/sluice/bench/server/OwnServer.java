package dev.sluice.bench.server;

import dev.sluice.bench.wire.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A server that is part of the benchmark: a main class that serves by means of {@link ServerProgram}. Its arguments are
 * a {@link Task}, the port and the given ones.
 *
 * @param offered what it can be asked for
 * @param directory of the benchmark, where {@link Tls} is kept
 */
record OwnServer(
        String name,
        Predicate<Task> offered,
        Class<?> main,
        String description,
        Path directory,
        List<String> flags,
        List<String> arguments)
        implements Server {

    OwnServer(
            String name,
            Predicate<Task> offered,
            Class<?> main,
            String description,
            Path directory,
            String... arguments) {
        this(name, offered, main, description, directory, List.of(), List.of(arguments));
    }

    /** In a server's process: its key. */
    static Tls tls() throws IOException {
        return Tls.in(Path.of(System.getProperty("bench.tls")));
    }

    @Override
    public boolean offers(Task task) {
        return offered.test(task);
    }

    @Override
    public boolean counts() {
        return true;
    }

    @Override
    public List<String> command(Task task, int port) throws IOException {
        // The two flags are for Netty: with them it works with memory as it does by default on a Java before 24.
        var command = new ArrayList<String>(
                List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(flags);
        if (task.tls()) {
            command.add("-Dbench.tls=" + Server.tls(directory).directory());
        }
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
