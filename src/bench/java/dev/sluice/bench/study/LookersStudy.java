package dev.sluice.bench.study;

import dev.sluice.bench.LoadProcess;
import dev.sluice.bench.Options;
import dev.sluice.bench.ServerProcess;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.IdleConnections;
import dev.sluice.bench.load.Load;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What peers feel of people who look: Sluice with the page open, a tap on and many idle connections, beside Sluice at
 * which nobody looks. The latter a second time shows what such a ratio is worth.
 */
final class LookersStudy implements Study {

    private static final Load LOAD = Load.named("echo-1");
    private static final int IDLE = 10_000;

    @Override
    public String name() {
        return "lookers";
    }

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        var looked = new Rounds();
        var alone = new Rounds();
        var again = new Rounds();
        var slower = new ArrayList<Double>();
        Path log = log(options, "looked-at");
        try (ServerProcess watched = start(options, log);
                ServerProcess unwatched = start(options, log(options, "alone"));
                ServerProcess twin = start(options, log(options, "alone-again"));
                var idle = new IdleConnections(watched.port());
                var load = new LoadProcess(LOAD, log(options, "load"))) {
            idle.growTo(IDLE);
            try (var onlooker = new Onlooker(log)) {
                for (ServerProcess server : List.of(watched, unwatched, twin)) {
                    load.run(server.port(), options.warmUp());
                }
                for (int round = 0; round < options.rounds() && !Study.isOver(deadline); round++) {
                    try (var _ = onlooker.look()) {
                        looked.add(load.run(watched.port(), options.measured()));
                    }
                    alone.add(load.run(unwatched.port(), options.measured()));
                    again.add(load.run(twin.port(), options.measured()));
                    System.out.printf(
                            "%-12s round %d: p99 %.0f, %.0f and %.0f µs%n",
                            name(), round + 1, looked.p99(), alone.p99(), again.p99());
                }
                slower.add(looked.p99() / alone.p99());
                slower.add(again.p99() / alone.p99());
                return List.of(new Table(
                        "Looked at",
                        List.of("sluice", "messages/s", "min – max", "× nobody", "p99 µs"),
                        List.of(
                                looked.row("page open, a tap on, 10,000 idle connections", alone),
                                alone.row("nobody looks", alone),
                                again.row("nobody looks, a second process", alone)),
                        List.of(
                                LOAD.name() + ": " + LOAD.description(),
                                "p99 is %.2f × that of nobody looking; that of the second process %.2f ×"
                                        .formatted(slower.getFirst(), slower.getLast()),
                                "%,d events and %,d pages of connections were read meanwhile; %d failed"
                                        .formatted(onlooker.events(), onlooker.pages(), onlooker.failed()))));
            }
        }
    }

    private static ServerProcess start(Options options, Path log) throws IOException {
        return EchoServers.start(
                options,
                EchoServers.SLUICE,
                options.jvm(),
                List.of("--spring.security.user.password=" + Scrape.PASSWORD, EchoServers.ROOM),
                log);
    }
}
