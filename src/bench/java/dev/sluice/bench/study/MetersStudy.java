package dev.sluice.bench.study;

import dev.sluice.bench.LoadProcess;
import dev.sluice.bench.Options;
import dev.sluice.bench.ServerProcess;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.Load;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What it costs to be observed: Sluice with its meters, scraped every second, beside Sluice without any. */
final class MetersStudy implements Study {

    private static final Load LOAD = Load.named("echo-16");
    private static final String A_METER = "sluice_messages_received_total";

    @Override
    public String name() {
        return "meters";
    }

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        var on = new Rounds();
        var off = new Rounds();
        Path logOn = log(options, "on");
        Path logOff = log(options, "off");
        try (ServerProcess observed = start(options, List.of(), logOn);
                ServerProcess unobserved = start(options, List.of("--management.metrics.enable.all=false"), logOff);
                var scrape = new Scrape(logOn);
                var load = new LoadProcess(LOAD, log(options, "load"))) {
            int size = check(scrape, logOff);
            scrape.warmUp(options.warmUp());
            load.run(observed.port(), options.warmUp());
            load.run(unobserved.port(), options.warmUp());
            int before = scrape.done();
            for (int round = 0; round < options.rounds() && !Study.isOver(deadline); round++) {
                try (var _ = scrape.everySecond()) {
                    on.add(load.run(observed.port(), options.measured()));
                }
                off.add(load.run(unobserved.port(), options.measured()));
                System.out.printf("%-12s round %d: %.3f%n", name(), round + 1, on.ratioTo(off));
            }
            return List.of(new Table(
                    "Meters",
                    List.of("sluice", "messages/s", "min – max", "× meters off", "p99 µs"),
                    List.of(on.row("meters on, scraped every second", off), off.row("meters off", off)),
                    List.of(
                            LOAD.name() + ": " + LOAD.description(),
                            "`/actuator/prometheus` was fetched %d times in the rounds, %,d bytes each; %d failed"
                                    .formatted(scrape.done() - before, size, scrape.failed()),
                            "off: `management.metrics.enable.all=false`")));
        }
    }

    /** That one has meters and the other has none; answers how long the former's answer is. */
    private static int check(Scrape on, Path logOff) throws IOException {
        String meters = on.once();
        if (!meters.contains(A_METER)) {
            throw new IOException("Sluice has no meter " + A_METER);
        }
        try (var off = new Scrape(logOff)) {
            if (off.once().contains(A_METER)) {
                throw new IOException("Sluice has a meter %s though it should have none".formatted(A_METER));
            }
        }
        return meters.length();
    }

    private static ServerProcess start(Options options, List<String> more, Path log) throws IOException {
        List<String> user = List.of("--spring.security.user.password=" + Scrape.PASSWORD);
        return EchoServers.start(
                options,
                EchoServers.SLUICE,
                options.jvm(),
                Stream.concat(user.stream(), more.stream()).toList(),
                log);
    }
}
