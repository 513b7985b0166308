package dev.sluice.bench.study;

import dev.sluice.bench.Options;
import dev.sluice.bench.ServerProcess;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.IdleConnections;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a connection costs that says nothing. The connections are held by the benchmark's own process. */
final class IdleStudy implements Study {

    /**
     * Of these the second is what the cost of all beyond is reckoned from: the first thousand also load classes and
     * fill caches.
     */
    private static final List<Integer> COUNTS = List.of(0, 1_000, 10_000, 19_000);

    /** Files that a process has open besides. */
    private static final int BESIDES = 500;

    @Override
    public String name() {
        return "idle";
    }

    /** @param jvm flags */
    private record Variant(String title, String server, List<String> jvm) {}

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        // With a heap of fixed size, what a collection has freed stays resident.
        List<String> growing =
                options.jvm().stream().filter(flag -> !flag.startsWith("-Xms")).toList();
        List<Variant> variants = List.of(
                new Variant("netty", EchoServers.NETTY, growing),
                new Variant("sluice", EchoServers.SLUICE, growing),
                new Variant(
                        "sluice, the container's flags", EchoServers.SLUICE, List.of("-XX:+UseCompactObjectHeaders")));
        var rows = new ArrayList<List<Object>>();
        var notes = new ArrayList<String>();
        notes.add(
                "resident memory (VmRSS) after garbage collection, in MiB; a connection's share in KiB (1,024 bytes)");
        notes.add("flags: `%s`; of the container: `%s`"
                .formatted(
                        String.join(" ", growing),
                        String.join(" ", variants.getLast().jvm())));
        for (Variant variant : variants) {
            if (Study.isOver(deadline)) {
                notes.add(variant.title() + ": left out, the time was over");
                continue;
            }
            try {
                rows.add(measure(variant, options, notes));
            } catch (IOException e) {
                notes.add("%s failed: %s".formatted(variant.title(), e.getMessage()));
            }
        }
        List<String> columns = Stream.of(
                        Stream.of("server"),
                        COUNTS.stream().map("%,d"::formatted),
                        COUNTS.stream().skip(2).map("KiB each, 1,000 to %,d"::formatted),
                        Stream.of("all, after a line each", "KiB each beyond 1,000, after a line each"))
                .flatMap(one -> one)
                .toList();
        return List.of(new Table("Idle connections", columns, rows, notes));
    }

    private List<Object> measure(Variant variant, Options options, List<String> notes) throws IOException {
        var log = log(options, variant.title().replaceAll("\\W+", "-"));
        List<String> more = variant.server().equals(EchoServers.SLUICE) ? List.of(EchoServers.ROOM) : List.<String>of();
        var memory = new ArrayList<Long>();
        try (ServerProcess server = EchoServers.start(options, variant.server(), variant.jvm(), more, log);
                var connections = new IdleConnections(server.port())) {
            long room = Math.min(
                            Resident.openFiles(server.pid()),
                            Resident.openFiles(ProcessHandle.current().pid()))
                    - BESIDES;
            for (int count : COUNTS) {
                if (count > room) {
                    notes.add("%s: no %,d connections, since a process may have %,d files open (ulimit -Hn)"
                            .formatted(variant.title(), count, room + BESIDES));
                    break;
                }
                connections.growTo(count);
                memory.add(Resident.afterCollection(server.pid(), log));
                System.out.printf("%-12s %-24s %,6d: %,d KiB%n", name(), variant.title(), count, memory.getLast());
            }
            connections.exchange();
            long used = Resident.afterCollection(server.pid(), log);
            return row(variant.title(), memory, used);
        }
    }

    private static List<Object> row(String title, List<Long> memory, long used) {
        var row = new ArrayList<Object>();
        row.add(title);
        for (int i = 0; i < COUNTS.size(); i++) {
            row.add(i < memory.size() ? mebibytes(memory.get(i)) : "");
        }
        for (int i = 2; i < COUNTS.size(); i++) {
            row.add(i < memory.size() ? each(memory, memory.get(i), COUNTS.get(i)) : "");
        }
        row.add(mebibytes(used));
        row.add(memory.size() > 2 ? each(memory, used, COUNTS.get(memory.size() - 1)) : "");
        return row;
    }

    private static double each(List<Long> memory, long now, int count) {
        return (now - memory.get(1)) / (double) (count - COUNTS.get(1));
    }

    private static double mebibytes(long kibibytes) {
        return kibibytes / 1024.0;
    }
}
