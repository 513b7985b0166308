package dev.sluice.bench;

import dev.sluice.bench.load.Load;
import java.io.IOException;
import java.util.ArrayList;

/** Runs what {@link Options} say, prints a table for each load and keeps it in {@code results.md} and {@code results.json}. */
public final class Benchmark {

    private Benchmark() {}

    public static void main(String[] args) throws IOException {
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
        for (Load load : options.loads()) {
            if (System.nanoTime() > deadline) {
                System.out.printf(
                        "%s is left out: %d minutes are over%n",
                        load.name(), options.limit().toMinutes());
                continue;
            }
            results.add(new Comparison(load, options, deadline).run());
            // After each load, so that a run that is broken off has not been for nothing.
            Report.of(machine, options, results).write(options.output());
        }
        System.out.println();
        System.out.println(Report.of(machine, options, results).markdown());
        System.out.println("Written to " + options.output());
        if (results.stream().allMatch(one -> one.measurements().isEmpty())) {
            System.exit(1);
        }
    }
}
