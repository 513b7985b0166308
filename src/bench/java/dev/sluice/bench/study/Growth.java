package dev.sluice.bench.study;

import dev.sluice.bench.Pictures;
import dev.sluice.bench.Pictures.Axes;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.LoadResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Messages per second and the 99th percentile of round trips as something grows, by server: a table and two pictures.
 */
final class Growth {

    private final String what;
    private final Map<String, TreeMap<Integer, Rounds>> byServer = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** @param what grows, in the plural */
    Growth(String what) {
        this.what = what;
    }

    void add(String server, int size, LoadResult result) {
        byServer.computeIfAbsent(server, _ -> new TreeMap<>())
                .computeIfAbsent(size, _ -> new Rounds())
                .add(result);
        System.out.printf("%-12s %,6d %-24s %,12.0f/s%n", what, size, server, result.perSecond());
    }

    void note(String format, Object... values) {
        notes.add(format.formatted(values));
    }

    Table tell(Path directory) throws IOException {
        String throughput = "scaling-%s-throughput.svg".formatted(what);
        String latency = "scaling-%s-p99.svg".formatted(what);
        Pictures.growth(
                directory.resolve(throughput),
                new Axes("Echo, one line at a time: messages per second", what, "messages/s", false),
                points(Rounds::perSecond));
        Pictures.growth(
                directory.resolve(latency),
                new Axes("Echo, one line at a time: 99th percentile of round trips", what, "µs", true),
                points(Rounds::p99));
        return new Table("Scaling: " + what, columns(), rows(), notes, List.of(throughput, latency));
    }

    private Map<String, SortedMap<Integer, Double>> points(ToDoubleFunction<Rounds> figure) {
        var lines = new LinkedHashMap<String, SortedMap<Integer, Double>>();
        byServer.forEach((server, sizes) -> {
            var points = new TreeMap<Integer, Double>();
            sizes.forEach((size, rounds) -> points.put(size, figure.applyAsDouble(rounds)));
            lines.put(server, points);
        });
        return lines;
    }

    private List<String> columns() {
        var columns = new ArrayList<>(List.of(what));
        byServer.keySet().forEach(server -> columns.add(server + " messages/s"));
        if (compares()) {
            columns.add("sluice × netty");
        }
        byServer.keySet().forEach(server -> columns.add(server + " p99 µs"));
        return columns;
    }

    private List<List<Object>> rows() {
        NavigableSet<Integer> sizes = new TreeSet<>();
        byServer.values().forEach(one -> sizes.addAll(one.keySet()));
        return sizes.stream().map(this::row).toList();
    }

    private List<Object> row(int size) {
        var row = new ArrayList<Object>();
        row.add(size);
        byServer.values()
                .forEach(one -> row.add(one.getOrDefault(size, new Rounds()).perSecond()));
        if (compares()) {
            Rounds netty = rounds(EchoServers.NETTY, size);
            row.add(rounds(EchoServers.SLUICE, size).ratioTo(netty));
        }
        byServer.values()
                .forEach(one -> row.add(one.getOrDefault(size, new Rounds()).p99()));
        return row;
    }

    private Rounds rounds(String server, int size) {
        return byServer.getOrDefault(server, new TreeMap<>()).getOrDefault(size, new Rounds());
    }

    private boolean compares() {
        return byServer.size() > 1;
    }
}
