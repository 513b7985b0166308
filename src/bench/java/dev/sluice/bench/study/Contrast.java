package dev.sluice.bench.study;

import dev.sluice.bench.LoadProcess;
import dev.sluice.bench.Options;
import dev.sluice.bench.ServerProcess;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.Load;
import java.io.IOException;
import java.util.List;

/**
 * Sluice with some settings beside Sluice with others, in turns.
 *
 * @param what is switched, such as {@code guards}
 * @param notes what the table says besides
 */
record Contrast(Study study, String what, List<String> on, List<String> off, List<String> notes) {

    Table measure(Load load, Options options, long deadline) throws IOException {
        return measure(load, load, options, deadline);
    }

    /** As well, where what is switched takes another load. */
    Table measure(Load load, Load plainLoad, Options options, long deadline) throws IOException {
        var with = new Rounds();
        var without = new Rounds();
        try (ServerProcess switched = start(load, options, on, "on");
                ServerProcess plain = start(plainLoad, options, off, "off");
                var sender = new LoadProcess(load, study.log(options, load.name() + "-load-on"));
                var plainSender = new LoadProcess(plainLoad, study.log(options, plainLoad.name() + "-load-off"))) {
            sender.run(switched.port(), options.warmUp());
            plainSender.run(plain.port(), options.warmUp());
            for (int round = 0; round < options.rounds() && !Study.isOver(deadline); round++) {
                with.add(sender.run(switched.port(), options.measured()));
                without.add(plainSender.run(plain.port(), options.measured()));
                System.out.printf(
                        "%-12s %s round %d: %.3f%n", study.name(), load.name(), round + 1, with.ratioTo(without));
            }
        }
        return new Table(
                "%s, %s".formatted(study.name(), load.name()),
                List.of("sluice", "messages/s", "min – max", "× %s off".formatted(what), "p99 µs"),
                List.of(with.row(what + " on", without), without.row(what + " off", without)),
                notes);
    }

    private ServerProcess start(Load load, Options options, List<String> settings, String name) throws IOException {
        return EchoServers.start(
                options,
                EchoServers.SLUICE,
                load.task(),
                options.jvm(),
                settings,
                study.log(options, load.name() + "-" + name));
    }
}
