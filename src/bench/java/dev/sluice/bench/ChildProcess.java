package dev.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A process that ends with {@link #close()}, and, should this one be interrupted first, with this one. Used by one
 * thread.
 */
public final class ChildProcess implements AutoCloseable {

    private static final int GRACE_SECONDS = 5;
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final Thread onExit;

    /**
     * @param arguments the program and its arguments
     * @param log receives standard error, and also standard output if nobody {@linkplain #ask asks}
     */
    public ChildProcess(List<String> arguments, Path log, boolean asked) throws IOException {
        Files.createDirectories(log.getParent());
        Files.deleteIfExists(log);
        var toLog = ProcessBuilder.Redirect.appendTo(log.toFile());
        var builder = new ProcessBuilder(arguments).redirectError(toLog);
        if (!asked) {
            builder.redirectOutput(toLog);
        }
        process = builder.start();
        output = process.inputReader();
        input = process.outputWriter();
        onExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /** The Java that this program runs on. */
    public static String java() {
        return ofJdk("java");
    }

    /** A program of the benchmark's own that is not measured, and its arguments. */
    static List<String> program(Class<?> main, String... arguments) {
        return Stream.concat(
                        Stream.of(
                                java(),
                                "-Xms512m",
                                "-Xmx512m",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-classpath",
                                System.getProperty("java.class.path"),
                                main.getName()),
                        Stream.of(arguments))
                .toList();
    }

    public static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /** A program beside that Java. */
    public static String ofJdk(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** CPU time used so far, in steps of about 10 ms. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Writes a line and waits for the line that answers it. */
    String ask(String question, Duration patience) throws IOException {
        input.write(question + "\n");
        input.flush();
        var answer = CompletableFuture.supplyAsync(this::readLine);
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException("no answer", e.getCause());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private String readLine() {
        try {
            String line = output.readLine();
            if (line == null) {
                throw new IOException("The process has ended");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(onExit);
    }
}
