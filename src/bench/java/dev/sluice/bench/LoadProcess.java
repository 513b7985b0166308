package dev.sluice.bench;

import dev.sluice.bench.load.Load;
import dev.sluice.bench.load.LoadProgram;
import dev.sluice.bench.load.LoadResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** The running load program, or another that takes orders as it does. */
public final class LoadProcess implements AutoCloseable {

    /** Longer than any load waits for a server that has stalled. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final JsonMapper json = new JsonMapper();
    private final ChildProcess process;

    public LoadProcess(Load load, Path log) throws IOException {
        this(LoadProgram.class, List.of(load.name()), log);
    }

    public LoadProcess(Class<?> program, List<String> arguments, Path log) throws IOException {
        var command = new ArrayList<>(List.of(
                ChildProcess.java(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-classpath",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(arguments);
        process = new ChildProcess(command, log, true);
    }

    public LoadResult run(int port, Duration duration) throws IOException {
        return order(String.valueOf(port), duration);
    }

    /** @param what precedes the duration in the order */
    public LoadResult order(String what, Duration duration) throws IOException {
        String answer = process.ask(what + " " + duration.toMillis(), duration.plus(PATIENCE));
        var result = json.readValue(answer, LoadResult.class);
        if (result.failure() != null) {
            throw new IOException(result.failure());
        }
        return result;
    }

    Duration cpu() {
        return process.cpu();
    }

    @Override
    public void close() {
        process.close();
    }
}
