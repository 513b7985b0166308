package dev.sluice.bench;

import dev.sluice.bench.flow.Arrivals;
import dev.sluice.bench.flow.Flow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** The running sink of a flow. */
final class SinkProcess implements AutoCloseable {

    /** A broker takes a while. */
    private static final Duration START = Duration.ofSeconds(90);

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration STANDSTILL = Duration.ofSeconds(20);

    private final JsonMapper json = new JsonMapper();
    private final ChildProcess process;
    private final String address;

    SinkProcess(Flow flow, Path log) throws IOException {
        process = new ChildProcess(ChildProcess.program(flow.sink()), log, true);
        try {
            address = process.ask("address", START);
            compareClocks();
        } catch (IOException e) {
            process.close();
            throw new IOException("%s, see %s".formatted(e.getMessage(), log), e);
        }
    }

    /** Latencies between processes rest on it. */
    private void compareClocks() throws IOException {
        long before = System.nanoTime();
        long between = Long.parseLong(process.ask("clock", ANSWER));
        if (between < before || between > System.nanoTime()) {
            throw new IOException("System.nanoTime() is not the same clock in two processes");
        }
    }

    /** {@code HOST:PORT}. */
    String address() {
        return address;
    }

    Duration cpu() {
        return process.cpu();
    }

    /** Waits until so many messages have arrived, and answers what has; fails if they don't, or more do. */
    Arrivals await(long messages) throws IOException {
        long arrived = 0;
        long progress = System.nanoTime();
        while (arrived < messages && System.nanoTime() - progress < STANDSTILL.toNanos()) {
            long now = Long.parseLong(process.ask("messages", ANSWER));
            if (now > arrived) {
                arrived = now;
                progress = System.nanoTime();
            }
            ChildProcess.pause();
        }
        var arrivals = json.readValue(process.ask("take", ANSWER), Arrivals.class);
        if (arrivals.messages() != messages) {
            throw new IOException("%d messages were sent, %d arrived".formatted(messages, arrivals.messages()));
        }
        return arrivals;
    }

    @Override
    public void close() {
        process.close();
    }
}
