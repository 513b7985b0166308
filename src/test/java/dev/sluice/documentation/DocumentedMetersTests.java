package dev.sluice.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningSluice;
import dev.sluice.documentation.Document.Section;
import dev.sluice.transport.Reason;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documents name every meter and every reason that there is, and no other. */
final class DocumentedMetersTests {

    private static final Document OPERATING = Document.of(Path.of("src", "docs", "operating.md"));
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** It is there only for a sink that is named no more. */
    private static final String LEFT_OVER = "sluice.spool.left-over";

    @TempDir
    private Path folder;

    @Test
    void everyMeterIsDocumented() {
        Set<String> registered = new TreeSet<>(Set.of(LEFT_OVER));
        try (RunningSluice sluice = RunningSluice.withManagement("""
            sluice:
              data-directory: %s
              listeners:
                lines: { tcp: { address: 127.0.0.1, port: 0 }, rules: [ { match.text: "hello" } ], sinks: [console] }
                devices: { tcp.connect: "127.0.0.1:1" }
                datagrams: { udp: { address: 127.0.0.1, port: 0 } }
                asking: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: kafka, topic: requests } }
                commanded: { tcp: { address: 127.0.0.1, port: 0 }, identity.from: "{remote-address}", commands: {} }
              sinks.console.log.level: debug
            spring.kafka.bootstrap-servers: 127.0.0.1:1
            """.formatted(folder))) {
            sluice.bean(MeterRegistry.class).getMeters().stream()
                    .map(meter -> meter.getId().getName())
                    .filter(name -> name.startsWith("sluice."))
                    .forEach(registered::add);
            histograms(sluice.bean(PrometheusRegistry.class)).forEach(registered::add);
        }

        Set<String> documented = new TreeSet<>();
        section("Meters").text().forEach(line -> documented.addAll(meters(line)));
        assertThat(documented).isEqualTo(registered);
    }

    /** They are there for Prometheus alone. */
    private static Stream<String> histograms(PrometheusRegistry registry) {
        return registry.scrape().stream()
                .filter(metric -> metric instanceof HistogramSnapshot)
                .map(metric -> metric.getMetadata().getPrometheusName())
                .filter(name -> name.startsWith("sluice_"))
                .map(name -> name.replace("_seconds", "").replace('_', '.'));
    }

    /** Behind the first of a line, which is written out, come others that differ from it in the end. */
    private static List<String> meters(String line) {
        List<String> codes = codes(line.startsWith("|") ? line.split("\\|")[1] : line);
        return codes.stream()
                .filter(code -> code.startsWith("sluice.") || code.startsWith("."))
                .map(code -> code.startsWith(".") ? stem(codes.getFirst()) + code : code)
                .toList();
    }

    private static String stem(String meter) {
        return meter.substring(0, meter.lastIndexOf('.'));
    }

    @Test
    void everyReasonIsDocumented() {
        Set<String> reasons = Stream.of(Reason.class.getPermittedSubclasses())
                .flatMap(kind -> Stream.of(kind.getEnumConstants()))
                .map(reason -> ((Reason) reason).text())
                .collect(Collectors.toCollection(TreeSet::new));

        Set<String> documented = new TreeSet<>();
        section("Reasons").text().stream()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> documented.addAll(codes(line.split("\\|")[1])));
        assertThat(documented).isEqualTo(reasons);
    }

    private static Section section(String heading) {
        return OPERATING.sections().stream()
                .filter(section -> section.heading().equals(heading))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> codes(String text) {
        return CODE.matcher(text).results().map(code -> code.group(1)).toList();
    }
}
