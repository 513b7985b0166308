package dev.sluice.bench.study;

import dev.sluice.bench.Options;
import dev.sluice.bench.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Something to find out. */
public sealed interface Study
        permits GuardsStudy,
                IdleStudy,
                LookersStudy,
                MetersStudy,
                RestStudy,
                RulesStudy,
                ScalingStudy,
                TracesStudy,
                UdpStudy {

    /** In the order in which they are run. */
    List<Study> ALL = List.of(
            new RestStudy(),
            new IdleStudy(),
            new UdpStudy(),
            new MetersStudy(),
            new LookersStudy(),
            new GuardsStudy(),
            new TracesStudy(),
            new RulesStudy(),
            new ScalingStudy());

    String name();

    /**
     * Measures, and draws what pictures there are into the directory of results.
     *
     * @param deadline in terms of {@link System#nanoTime()}, after which nothing further begins: the tables say what is
     *     missing
     * @throws IOException if there is nothing to tell at all
     */
    List<Table> run(Options options, long deadline) throws IOException;

    default Path log(Options options, String process) {
        return options.output().resolve("logs").resolve(name() + "-" + process + ".log");
    }

    static boolean isOver(long deadline) {
        return System.nanoTime() > deadline;
    }
}
