package dev.sluice.bench;

import dev.sluice.bench.flow.SenderProgram;
import dev.sluice.bench.flow.Sent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** A running {@link SenderProgram}. */
final class SenderProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final JsonMapper json = new JsonMapper();
    private final ChildProcess process;

    SenderProcess(String kind, Path log) throws IOException {
        process = new ChildProcess(ChildProcess.program(SenderProgram.class, kind), log, true);
    }

    /** @param rate messages a second; 0 for as many as go */
    Sent send(String address, Duration duration, int rate) throws IOException {
        String answer = process.ask(address + " " + duration.toMillis() + " " + rate, duration.plus(PATIENCE));
        var sent = json.readValue(answer, Sent.class);
        if (sent.failure() != null) {
            throw new IOException(sent.failure());
        }
        return sent;
    }

    Duration cpu() {
        return process.cpu();
    }

    @Override
    public void close() {
        process.close();
    }
}
