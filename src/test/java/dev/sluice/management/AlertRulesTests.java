package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.management.Expressions.Alert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The rules and the dashboard in {@code config/} are what Prometheus and Grafana take. */
final class AlertRulesTests {

    private static final Path RUNBOOK = Path.of("src", "docs", "runbook.md");

    @TempDir
    private Path folder;

    @Test
    void prometheusTakesTheRules() throws Exception {
        Promtool.run(Expressions.PROMETHEUS, "check", "rules", "sluice.rules.yml");
    }

    @Test
    void prometheusTakesTheConfigurationInTheRunbook() throws Exception {
        String runbook = Files.readString(RUNBOOK);
        int begin = runbook.indexOf("\n", runbook.indexOf("```yaml prometheus")) + 1;
        Files.writeString(folder.resolve("prometheus.yml"), runbook.substring(begin, runbook.indexOf("```", begin)));
        Files.copy(Expressions.RULES, folder.resolve("sluice.rules.yml"));

        Promtool.run(folder, "check", "config", "--syntax-only", "prometheus.yml");
    }

    @Test
    void eachAlertFiresWhenItShould() throws Exception {
        Promtool.run(Expressions.PROMETHEUS, "test", "rules", "sluice.tests.yml");
    }

    @Test
    void eachAlertIsTested() throws IOException {
        String tests = Files.readString(Expressions.PROMETHEUS.resolve("sluice.tests.yml"));
        assertThat(Expressions.alerts())
                .hasSizeGreaterThan(20)
                .allSatisfy(alert ->
                        assertThat(tests).contains("- name: " + alert.name() + ", " + alert.severity() + "\n"));
    }

    @Test
    void eachAlertSaysHowUrgentItIsAndWhom() throws IOException {
        assertThat(Expressions.alerts()).allSatisfy(alert -> {
            assertThat(alert.severity()).isIn("critical", "warning", "info");
            assertThat(alert.lasting()).matches("\\d+[mh]");
            assertThat(alert.summary()).contains("$labels.instance");
            if (isOfListener(alert)) {
                assertThat(alert.summary()).contains("$labels.listener");
            }
        });
    }

    private static boolean isOfListener(Alert alert) {
        return Expressions.metrics(List.of(alert.expression()).stream()).stream()
                .anyMatch(metric -> metric.startsWith("sluice_")
                        && !metric.matches("sluice_(disk|memory|config)_.*|sluice_commands_writable"));
    }

    @Test
    void theRunbookHasAPartForEachAlertAndNoOther() throws IOException {
        List<String> parts = Files.readAllLines(RUNBOOK).stream()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();
        assertThat(Expressions.alerts().stream().map(Alert::name).distinct()).hasSameElementsAs(parts);
        assertThat(Expressions.alerts())
                .allSatisfy(alert -> assertThat(alert.runbook())
                        .isEqualTo("runbook.md#" + alert.name().toLowerCase(Locale.ROOT)));
    }

    /** Prometheus parses an expression when it is a rule. */
    @Test
    void prometheusTakesTheDashboardsExpressions() throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        List<String> expressions = Expressions.ofDashboard();
        for (int i = 0; i < expressions.size(); i++) {
            rules.append("      - { record: \"panel:%d\", expr: '%s' }%n".formatted(i, expressions.get(i)));
        }
        Files.writeString(folder.resolve("dashboard.yml"), rules);

        assertThat(expressions).hasSizeGreaterThan(20);
        Promtool.run(folder, "check", "rules", "dashboard.yml");
    }

    @Test
    void panelsOfTheDashboardDoNotOverlap() throws IOException {
        JsonNode panels = Expressions.dashboard().get("panels");
        boolean[][] taken = new boolean[24][200];
        for (JsonNode panel : panels) {
            JsonNode place = panel.get("gridPos");
            for (int x = 0; x < place.get("w").asInt(); x++) {
                for (int y = 0; y < place.get("h").asInt(); y++) {
                    int column = place.get("x").asInt() + x;
                    int line = place.get("y").asInt() + y;
                    assertThat(taken[column][line])
                            .as(panel.get("title").asString())
                            .isFalse();
                    taken[column][line] = true;
                }
            }
        }
        assertThat(panels.valueStream().map(panel -> panel.get("id").asInt())).doesNotHaveDuplicates();
    }
}
