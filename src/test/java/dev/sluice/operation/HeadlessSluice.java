package dev.sluice.operation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The service without its web server, for tests that start it often: that halves the time it takes. Listeners, routes,
 * spools and sinks are what they always are.
 */
final class HeadlessSluice implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(90);

    private final Path configuration;
    private final Path log;
    private final Process process;

    /**
     * Starts in this folder.
     *
     * @param yaml the configuration
     * @param java a command that runs the program, as {@link #java()} does
     */
    HeadlessSluice(Path folder, String yaml, List<String> java) throws IOException {
        this.configuration = Files.createDirectories(folder.resolve("config")).resolve("application.yml");
        rewrite(yaml);
        this.log = folder.resolve("log");
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("--spring.main.web-application-type=none", "--spring.main.lazy-initialization=true"));
        Files.deleteIfExists(log);
        this.process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** Starts cheaply. */
    static List<String> java() {
        return QuickStart.java(QuickStart.CHEAP);
    }

    /** Another content of the file. */
    void rewrite(String yaml) throws IOException {
        Files.writeString(configuration, yaml);
    }

    long pid() {
        return process.pid();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it serves, and answers the port of a listener. */
    int awaitPort(String listener) {
        int port = awaitPortOrEnd(listener);
        if (port == 0) {
            throw new AssertionError("The service did not start:\n" + log());
        }
        return port;
    }

    /** As {@link #awaitPort}, but 0 if the process ends before. */
    int awaitPortOrEnd(String listener) {
        Pattern bound = Pattern.compile("Listener '" + listener + "': tcp \\S+ port (\\d+)");
        long until = System.nanoTime() + START.toNanos();
        while (System.nanoTime() - until < 0) {
            boolean alive = process.isAlive();
            Matcher matcher = bound.matcher(log());
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
            if (!alive) {
                return 0;
            }
            SluiceProcess.pause();
        }
        throw new AssertionError("The service did not start:\n" + log());
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL, also to the service behind a command that stays in front of it. */
    void kill() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.waitFor();
    }

    /** Waits for the end by itself, and answers the exit code. */
    int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("The service did not end within " + atMost + ":\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
