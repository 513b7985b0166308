package dev.sluice.bench.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link SluiceServer} with another sink than a file.
 *
 * @param directory for its data
 * @param arguments that say what sink {@code lines} is
 */
record DeliveringServer(Path jar, Path directory, List<String> arguments) implements Server {

    private static final String FILE = "--sluice.sinks.lines.file.";

    @Override
    public String name() {
        return sluice().name();
    }

    @Override
    public String description() {
        return sluice().description();
    }

    @Override
    public boolean offers(Task task) {
        return task.reply() == Reply.ECHO_DURABLE || task.reply() == Reply.DURABLE;
    }

    @Override
    public boolean counts() {
        return false;
    }

    @Override
    public List<String> command(Task task, int port) throws IOException {
        var command = new ArrayList<>(sluice().command(task, port));
        command.removeIf(argument -> argument.startsWith(FILE));
        command.addAll(arguments);
        return command;
    }

    private Server sluice() {
        return new SluiceServer(SLUICE, jar, directory);
    }
}
