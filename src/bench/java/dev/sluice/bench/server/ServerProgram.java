package dev.sluice.bench.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * What our own servers' processes have in common. Whatever line they read from standard input, they answer with the
 * number of lines handled so far; at the end of input they end, so that none outlives the benchmark.
 */
final class ServerProgram {

    private final PrintStream answers = System.out;

    /** Keeps standard output for the answers, and the log at the level that Spring Boot would give it. */
    ServerProgram() {
        System.setOut(System.err);
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO);
    }

    /** Does not return until the end of input, when the process is to end. */
    void answer(LongSupplier handled) throws IOException {
        var questions = new BufferedReader(new InputStreamReader(System.in));
        while (questions.readLine() != null) {
            answers.println(handled.getAsLong());
        }
        Runtime.getRuntime().halt(0);
    }
}
