package dev.sluice.bench.study;

import dev.sluice.bench.load.Latency;
import dev.sluice.bench.load.LoadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What rounds of one server brought. All figures are medians. */
final class Rounds {

    private final List<LoadResult> results = new ArrayList<>();

    void add(LoadResult result) {
        results.add(result);
    }

    double perSecond() {
        return median(results.stream().mapToDouble(LoadResult::perSecond));
    }

    double min() {
        return results.stream().mapToDouble(LoadResult::perSecond).min().orElse(Double.NaN);
    }

    double max() {
        return results.stream().mapToDouble(LoadResult::perSecond).max().orElse(Double.NaN);
    }

    /** In microseconds. */
    double p99() {
        return median(results.stream()
                .map(LoadResult::latency)
                .filter(Objects::nonNull)
                .mapToDouble(Latency::p99)
                .map(nanos -> nanos / 1e3));
    }

    /** Of messages per second within a round. */
    double ratioTo(Rounds others) {
        return median(IntStream.range(0, Math.min(results.size(), others.results.size()))
                .mapToDouble(
                        i -> results.get(i).perSecond() / others.results.get(i).perSecond()));
    }

    /** Of a table: name, messages per second, their span, how they stand to others, and latency. */
    List<Object> row(String title, Rounds others) {
        return List.of(
                title, perSecond(), String.format(Locale.ROOT, "%,.0f – %,.0f", min(), max()), ratioTo(others), p99());
    }

    static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
