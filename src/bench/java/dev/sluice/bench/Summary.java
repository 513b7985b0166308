package dev.sluice.bench;

import dev.sluice.bench.load.Latency;
import dev.sluice.bench.server.Server;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One server's rounds in one line.
 *
 * @param perSecond median of the messages per second
 * @param ratio median of the rounds' ratios to the baseline in the same round, if there was one
 * @param latency median of each percentile
 * @param serverCpu nanoseconds per message, median
 */
record Summary(
        String server,
        String description,
        int rounds,
        double perSecond,
        double min,
        double max,
        @Nullable Double ratio,
        @Nullable Latency latency,
        double serverCpu,
        double loadCpu) {

    static List<Summary> of(List<Measurement> all, List<Server> servers) {
        List<String> names = all.stream().map(Measurement::server).toList();
        List<Measurement> baseline = of(all, Server.baseline(names));
        return servers.stream()
                .filter(server -> !of(all, server.name()).isEmpty())
                .map(server -> of(server, of(all, server.name()), baseline))
                .toList();
    }

    /** In the same order. */
    static Map<String, Double> perSecond(List<Summary> summaries) {
        var values = new LinkedHashMap<String, Double>();
        summaries.forEach(one -> values.put(one.server(), one.perSecond()));
        return values;
    }

    private static List<Measurement> of(List<Measurement> all, String server) {
        return all.stream().filter(one -> one.server().equals(server)).toList();
    }

    private static Summary of(Server server, List<Measurement> rounds, List<Measurement> baseline) {
        double[] perSecond =
                rounds.stream().mapToDouble(Measurement::perSecond).sorted().toArray();
        return new Summary(
                server.name(),
                server.description(),
                rounds.size(),
                median(perSecond),
                perSecond[0],
                perSecond[perSecond.length - 1],
                ratio(rounds, baseline),
                latency(rounds),
                median(rounds, Measurement::serverCpu),
                median(rounds, Measurement::loadCpu));
    }

    private static @Nullable Double ratio(List<Measurement> rounds, List<Measurement> baseline) {
        double[] ratios = rounds.stream()
                .flatMap(one -> in(one.round(), baseline).map(other -> one.perSecond() / other.perSecond()).stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        return ratios.length == 0 ? null : median(ratios);
    }

    private static Optional<Measurement> in(int round, List<Measurement> measurements) {
        return measurements.stream().filter(one -> one.round() == round).findFirst();
    }

    private static @Nullable Latency latency(List<Measurement> rounds) {
        List<Latency> all = rounds.stream()
                .map(one -> one.result().latency())
                .filter(Objects::nonNull)
                .toList();
        return all.isEmpty()
                ? null
                : new Latency((long) median(all, Latency::p50), (long) median(all, Latency::p99), (long)
                        median(all, Latency::p999));
    }

    private static <T> double median(List<T> all, ToDoubleFunction<T> value) {
        return median(all.stream().mapToDouble(value).toArray());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
