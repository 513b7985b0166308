package dev.sluice.bench.flow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the processes of sinks have in common: each line of standard input is a question, answered on one line, until
 * the end of input, when the process is to end.
 */
final class SinkProgram {

    private final PrintStream answers = System.out;
    private final JsonMapper json = new JsonMapper();

    /** Keeps standard output for the answers. */
    SinkProgram() {
        System.setOut(System.err);
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    }

    void answer(String address, ArrivalCount arrivals) throws IOException {
        var questions = new BufferedReader(new InputStreamReader(System.in));
        for (String question = questions.readLine(); question != null; question = questions.readLine()) {
            answers.println(
                    switch (question) {
                        case "address" -> address;
                        case "clock" -> System.nanoTime();
                        case "messages" -> arrivals.messages();
                        case "take" -> json.writeValueAsString(arrivals.take());
                        default -> throw new IOException("What is '" + question + "'?");
                    });
        }
    }
}
