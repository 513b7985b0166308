package dev.sluice.bench;

import dev.sluice.bench.load.Load;
import dev.sluice.bench.load.LoadResult;
import dev.sluice.bench.server.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All servers under one load: every one started and warmed up, then measured in turns. */
final class Comparison {

    private final Load load;
    private final Options options;
    private final long deadline;
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();

    /** @param deadline in terms of {@link System#nanoTime()}, after which no further round begins */
    Comparison(Load load, Options options, long deadline) {
        this.load = load;
        this.options = options;
        this.deadline = deadline;
    }

    Results run() throws IOException {
        var running = new ArrayList<ServerProcess>();
        try (var program = new LoadProcess(load, log("load"))) {
            for (Server server : options.servers(load)) {
                start(server, program, running);
            }
            for (int round = 1; round <= options.rounds() && System.nanoTime() < deadline; round++) {
                for (ServerProcess server : List.copyOf(running)) {
                    if (!measure(server, program, round)) {
                        running.remove(server);
                        server.close();
                    }
                }
            }
            for (ServerProcess server : running) {
                profile(server, program);
            }
        } finally {
            running.forEach(ServerProcess::close);
        }
        return new Results(
                load.name(), load.description(), Summary.of(measurements, options.servers()), measurements, failures);
    }

    private void start(Server server, LoadProcess program, List<ServerProcess> running) {
        try {
            var process = new ServerProcess(server, load.task(), options, log(server.name()));
            try {
                LoadResult warmUp = program.run(process.port(), options.warmUp());
                process.account(warmUp.messages());
                running.add(process);
                say("warm-up", server, warmUp);
            } catch (IOException e) {
                process.close();
                throw e;
            }
        } catch (IOException e) {
            fail(server, 0, e);
        }
    }

    /**
     * Answers whether the server is fit for another round: one that has failed may still be busy with what it had been
     * sent.
     */
    private boolean measure(ServerProcess process, LoadProcess program, int round) {
        Server server = process.server();
        try {
            Duration serverBefore = process.cpu();
            Duration loadBefore = program.cpu();
            LoadResult result = program.run(process.port(), options.measured());
            Duration serverCpu = process.cpu().minus(serverBefore);
            Duration loadCpu = program.cpu().minus(loadBefore);
            process.account(result.messages());
            measurements.add(Measurement.of(server.name(), round, result, serverCpu, loadCpu));
            say("round " + round, server, result);
            return true;
        } catch (IOException e) {
            fail(server, round, e);
            return false;
        }
    }

    /** In a round of its own, which does not count: to be recorded costs. */
    private void profile(ServerProcess process, LoadProcess program) throws IOException {
        if (process.isProfiled()) {
            process.beginProfile();
            process.account(program.run(process.port(), options.measured()).messages());
            process.endProfile(load.name());
        }
    }

    private void fail(Server server, int round, IOException e) {
        var failure = new Failure(load.name(), server.name(), round, String.valueOf(e.getMessage()));
        failures.add(failure);
        System.out.println(failure);
    }

    private void say(String when, Server server, LoadResult result) {
        System.out.printf("%-12s %-8s %-24s %,12.0f/s%n", load.name(), when, server.name(), result.perSecond());
    }

    private Path log(String name) {
        return options.output().resolve("logs").resolve(load.name() + "-" + name + ".log");
    }
}
