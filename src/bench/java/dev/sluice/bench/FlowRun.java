package dev.sluice.bench;

import dev.sluice.bench.flow.Arrivals;
import dev.sluice.bench.flow.Flow;
import dev.sluice.bench.flow.FlowMeasurement;
import dev.sluice.bench.flow.FlowResult;
import dev.sluice.bench.flow.Sent;
import dev.sluice.bench.load.Load;
import dev.sluice.bench.load.LoadResult;
import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Server;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.util.FileSystemUtils;

/** A flow through Sluice, and in turns with it what the sink takes without. */
final class FlowRun {

    private static final Load LOAD = Load.named("durable-64");

    private final Flow flow;
    private final Options options;
    private final long deadline;
    private final List<FlowMeasurement> measurements = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /** @param deadline in terms of {@link System#nanoTime()}, after which no further round begins */
    FlowRun(Flow flow, Options options, long deadline) {
        this.flow = flow;
        this.options = options;
        this.deadline = deadline;
    }

    private interface Sending {
        Sent send(Duration duration) throws IOException;
    }

    /**
     * @param fast as many as go
     * @param timed at the flow's rate
     */
    private record Way(String name, Sending fast, Sending timed, Supplier<Duration> cpu) {}

    FlowResult run() throws IOException {
        Path data = options.output().resolve("flow-" + flow.title() + "-data");
        // What an earlier run has left would arrive, too.
        FileSystemUtils.deleteRecursively(data);
        try (var sink = new SinkProcess(flow, log("sink"));
                var direct = new SenderProcess(flow.title(), log("direct"));
                var timed = new SenderProcess("tcp", log("timed"));
                var load = new LoadProcess(LOAD, log("load"));
                var sluice = new ServerProcess(
                        Server.delivering(options.jar(), data, flow.arguments(sink.address())),
                        Task.lines(Reply.ECHO_DURABLE),
                        options,
                        log("sluice"))) {
            String address = "127.0.0.1:" + sluice.port();
            var ways = List.of(
                    new Way(
                            "direct",
                            duration -> direct.send(sink.address(), duration, 0),
                            duration -> direct.send(sink.address(), duration, flow.rate()),
                            direct::cpu),
                    new Way(
                            "sluice",
                            duration -> fast(load, sluice.port(), duration),
                            duration -> timed.send(address, duration, flow.rate()),
                            sluice::cpu));
            for (Way way : ways) {
                measure(way, sink, options.warmUp());
            }
            for (int round = 1; round <= options.rounds() && System.nanoTime() < deadline; round++) {
                for (Way way : ways) {
                    measurements.add(measure(way, sink, round));
                }
            }
            if (sluice.isProfiled()) {
                // In a round that does not count: to be recorded costs.
                sluice.beginProfile();
                sink.await(fast(load, sluice.port(), options.measured()).messages());
                sluice.endProfile("durable-" + flow.title());
            }
        } catch (IOException e) {
            failures.add(String.valueOf(e.getMessage()));
            System.out.println(flow.title() + ": " + e.getMessage());
        }
        return new FlowResult(flow.title(), flow.direct(), flow.rate(), measurements, failures);
    }

    private static Sent fast(LoadProcess load, int port, Duration duration) throws IOException {
        long started = System.nanoTime();
        LoadResult result = load.run(port, duration);
        return new Sent(result.messages(), started);
    }

    /** Without keeping the result: a warm-up. */
    private void measure(Way way, SinkProcess sink, Duration duration) throws IOException {
        sink.await(way.fast().send(duration).messages());
        sink.await(way.timed().send(duration.dividedBy(4)).messages());
    }

    private FlowMeasurement measure(Way way, SinkProcess sink, int round) throws IOException {
        Duration senderBefore = way.cpu().get();
        Duration sinkBefore = sink.cpu();
        Sent sent = way.fast().send(options.measured());
        Arrivals arrivals = sink.await(sent.messages());
        Duration senderCpu = way.cpu().get().minus(senderBefore);
        Duration sinkCpu = sink.cpu().minus(sinkBefore);
        Arrivals timed = sink.await(way.timed().send(options.measured()).messages());
        double perSecond = arrivals.messages() * 1e9 / (arrivals.last() - sent.started());
        long messages = Math.max(1, arrivals.messages());
        System.out.printf(
                "%-12s round %-2d %-24s %,12.0f/s, p99 %,d µs%n",
                flow.title(), round, way.name(), perSecond, timed.p99() / 1000);
        return new FlowMeasurement(
                way.name(),
                round,
                arrivals.messages(),
                perSecond,
                senderCpu.toNanos() / messages,
                sinkCpu.toNanos() / messages,
                timed);
    }

    private Path log(String name) {
        return options.output().resolve("logs").resolve("flow-" + flow.title() + "-" + name + ".log");
    }
}
