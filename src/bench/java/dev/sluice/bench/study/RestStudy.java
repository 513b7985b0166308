package dev.sluice.bench.study;

import dev.sluice.bench.ChildProcess;
import dev.sluice.bench.Options;
import dev.sluice.bench.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How soon Sluice is there, and how much memory it has when nobody wants anything: {@code src/bench/start-up.sh}
 * measures, this reads what it says.
 */
final class RestStudy implements Study {

    private static final Path SCRIPT = Path.of("src/bench/start-up.sh");
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Pattern LINE =
            Pattern.compile("^ +(with(?:out)? AOT cache) +(\\d+) ms \\(([\\d ]+)\\) +(\\d+) KiB \\(([\\d ]+)\\)$");

    @Override
    public String name() {
        return "rest";
    }

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        Path log = log(options, "start-up");
        // Of the JDK that measures all else.
        var command = List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "SLUICE_JAR=" + options.jar(),
                "bash",
                SCRIPT.toString(),
                String.valueOf(options.rounds()));
        try (var script = new ChildProcess(command, log, false)) {
            while (script.isAlive()) {
                if (Study.isOver(deadline)) {
                    throw new IOException(SCRIPT + " was not done in time, see " + log);
                }
                Pause.of(LOOK);
            }
        }
        List<List<Object>> rows;
        try (Stream<String> lines = Files.lines(log)) {
            rows = lines.flatMap(line -> LINE.matcher(line).results())
                    .map(RestStudy::row)
                    .toList();
        }
        if (rows.isEmpty()) {
            throw new IOException("%s did not measure, see %s".formatted(SCRIPT, log));
        }
        return List.of(new Table(
                "Start and rest",
                List.of(
                        "with the container's flags",
                        "first connection accepted, ms",
                        "min – max",
                        "resident 10 s later, MiB",
                        "min – max, MiB"),
                rows,
                List.of("medians of %d starts in turns, from `java` on; no connection but the one that asked"
                        .formatted(options.rounds()))));
    }

    private static List<Object> row(MatchResult line) {
        var row = new ArrayList<Object>();
        row.add(line.group(1));
        row.add(Long.valueOf(line.group(2)));
        row.add(spread(line.group(3), 1));
        row.add(Long.parseLong(line.group(4)) / 1024.0);
        row.add(spread(line.group(5), 1024));
        return row;
    }

    /** @param sorted numbers */
    private static String spread(String sorted, int unit) {
        String[] all = sorted.strip().split(" ");
        return "%d – %d".formatted(Long.parseLong(all[0]) / unit, Long.parseLong(all[all.length - 1]) / unit);
    }
}
