package dev.sluice.bench;

import dev.sluice.bench.flow.FlowResult;
import dev.sluice.bench.load.Latency;
import dev.sluice.bench.server.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** All there is to tell, for people and for programs. */
record Report(
        Instant at,
        Machine machine,
        long secondsPerMeasurement,
        List<String> jvm,
        List<Results> results,
        List<FlowResult> flows,
        List<Table> studies) {

    static Report of(
            Machine machine, Options options, List<Results> results, List<FlowResult> flows, List<Table> studies) {
        return new Report(
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                machine,
                options.measured().toSeconds(),
                options.jvm(),
                List.copyOf(results),
                List.copyOf(flows),
                List.copyOf(studies));
    }

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("results.md"), markdown());
        JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValue(directory.resolve("results.json"), this);
    }

    String markdown() {
        var text = new StringBuilder("""
            %s, %d cores, %,d MiB; %s; Java %s; revision %s; %s.
            Servers run with `%s`, each measurement takes %d s; load average before the start: %.2f.
            """.formatted(
                        machine.processor(),
                        machine.cores(),
                        machine.memory(),
                        machine.system(),
                        machine.java(),
                        machine.revision(),
                        at,
                        String.join(" ", jvm),
                        secondsPerMeasurement,
                        machine.loadAverage()));
        results.forEach(one -> append(text, one));
        flows.forEach(one -> one.append(text));
        studies.forEach(one -> text.append(one.markdown()));
        return text.toString();
    }

    private static void append(StringBuilder text, Results results) {
        text.append("\n### ").append(results.load()).append("\n\n");
        text.append(Character.toUpperCase(results.description().charAt(0)))
                .append(results.description().substring(1))
                .append(".\n\n");
        boolean answered = results.summaries().stream().map(Summary::latency).anyMatch(Objects::nonNull);
        text.append("| server | messages/s | min – max | rounds | × ")
                .append(Server.baseline(
                        results.summaries().stream().map(Summary::server).toList()))
                .append(" |");
        text.append(answered ? " p50 µs | p99 µs | p99.9 µs |" : "");
        text.append(" server CPU ns/message | load CPU ns/message |\n");
        text.append("| --- |").append(" ---: |".repeat(answered ? 9 : 6)).append('\n');
        for (Summary one : results.summaries()) {
            text.append(row(
                    "| %s | %,.0f | %,.0f – %,.0f | %d | %s |",
                    one.server(), one.perSecond(), one.min(), one.max(), one.rounds(), ratio(one.ratio())));
            text.append(answered ? latency(one.latency()) : "");
            text.append(row(" %,.0f | %,.0f |%n", one.serverCpu(), one.loadCpu()));
        }
        text.append('\n');
        results.summaries()
                .forEach(one -> text.append("- ")
                        .append(one.server())
                        .append(": ")
                        .append(one.description())
                        .append('\n'));
        if (!results.summaries().isEmpty()) {
            text.append(Table.picture(results.picture()));
        }
        results.failures().forEach(one -> text.append("- failed: ").append(one).append('\n'));
    }

    private static String ratio(@Nullable Double ratio) {
        return ratio == null ? "" : row("%.2f", ratio);
    }

    private static String latency(@Nullable Latency latency) {
        return latency == null
                ? " | | |"
                : row(" %,.0f | %,.0f | %,.0f |", latency.p50() / 1e3, latency.p99() / 1e3, latency.p999() / 1e3);
    }

    private static String row(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
