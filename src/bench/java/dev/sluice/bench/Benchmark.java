package dev.sluice.bench;

import dev.sluice.bench.flow.Flow;
import dev.sluice.bench.flow.FlowResult;
import dev.sluice.bench.load.Load;
import dev.sluice.bench.study.Study;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs what {@link Options} say, prints a table for each load and study and keeps it in {@code results.md} and {@code
 * results.json}.
 */
public final class Benchmark {

    private Benchmark() {}

    public static void main(String[] args) throws IOException {
        // Pictures are drawn without a screen.
        System.setProperty("java.awt.headless", "true");
        try {
            run(Options.fromSystemProperties());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static void run(Options options) throws IOException {
        long deadline = System.nanoTime() + options.limit().toNanos();
        Machine machine = Machine.read();
        var results = new ArrayList<Results>();
        var flows = new ArrayList<FlowResult>();
        var studies = new ArrayList<Table>();
        for (Load load : options.loads()) {
            if (leftOut(load.name(), deadline, options)) {
                continue;
            }
            results.add(new Comparison(load, options, deadline).run());
            results.getLast().draw(options.output());
            // After each load, so that a run that is broken off has not been for nothing.
            Report.of(machine, options, results, flows, studies).write(options.output());
        }
        for (Flow flow : options.flows()) {
            if (leftOut(flow.title(), deadline, options)) {
                continue;
            }
            flows.add(new FlowRun(flow, options, deadline).run());
            Report.of(machine, options, results, flows, studies).write(options.output());
        }
        for (Study study : options.studies()) {
            studies.addAll(run(study, options));
            Report.of(machine, options, results, flows, studies).write(options.output());
        }
        System.out.println();
        System.out.println(Report.of(machine, options, results, flows, studies).markdown());
        System.out.println("Written to " + options.output());
        if (results.stream().allMatch(one -> one.measurements().isEmpty())
                && flows.stream().allMatch(one -> one.measurements().isEmpty())
                && studies.stream().allMatch(one -> one.rows().isEmpty())) {
            System.exit(1);
        }
    }

    private static boolean leftOut(String name, long deadline, Options options) {
        boolean over = System.nanoTime() > deadline;
        if (over) {
            System.out.printf(
                    "%s is left out: %d minutes are over%n",
                    name, options.limit().toMinutes());
        }
        return over;
    }

    private static List<Table> run(Study study, Options options) {
        System.out.println(study.name());
        try {
            return study.run(options, System.nanoTime() + options.limit().toNanos() / 6);
        } catch (IOException e) {
            System.out.printf("%s: %s%n", study.name(), e.getMessage());
            return List.of(Table.failed(study.name(), String.valueOf(e.getMessage())));
        }
    }
}
