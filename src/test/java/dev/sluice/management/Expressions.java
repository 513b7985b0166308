package dev.sluice.management;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the rules and the dashboard in {@code config/} ask of Prometheus. */
final class Expressions {

    static final Path PROMETHEUS = Path.of("config", "prometheus");
    static final Path RULES = PROMETHEUS.resolve("sluice.rules.yml");
    static final Path DASHBOARD = Path.of("config", "grafana", "sluice.json");

    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");
    private static final Pattern METRIC = Pattern.compile("\\b(?:sluice|ssl|process|jvm)_\\w+");

    private Expressions() {}

    /** An alert, as its rule declares it. */
    record Alert(String name, String expression, String lasting, String severity, String summary, String runbook) {

        private static Alert of(Map<String, ?> rule) {
            Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
            return new Alert(
                    String.valueOf(rule.get("alert")),
                    String.valueOf(rule.get("expr")),
                    String.valueOf(rule.get("for")),
                    String.valueOf(((Map<?, ?>) rule.get("labels")).get("severity")),
                    String.valueOf(annotations.get("summary")),
                    String.valueOf(annotations.get("runbook")));
        }
    }

    static List<Alert> alerts() throws IOException {
        Map<String, List<Map<String, List<Map<String, ?>>>>> file = new Yaml().load(Files.readString(RULES));
        return file.get("groups").stream()
                .flatMap(group -> group.get("rules").stream())
                .map(Alert::of)
                .toList();
    }

    /** What the panels show, by the panel; and what Grafana would put in place of its variables is in their place. */
    static List<String> ofDashboard() throws IOException {
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : dashboard().get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                expressions.add(target.get("expr")
                        .asString()
                        .replace("$__rate_interval", "5m")
                        .replace("$instance", ".*")
                        .replace("$listener", ".*"));
            }
        }
        return expressions;
    }

    static JsonNode dashboard() throws IOException {
        return new JsonMapper().readTree(Files.readString(DASHBOARD));
    }

    /** The names of all metrics in it, but for those that Prometheus makes itself. */
    static Set<String> metrics(Stream<String> expressions) {
        Set<String> metrics = new TreeSet<>();
        expressions.forEach(
                expression -> METRIC.matcher(STRING.matcher(expression).replaceAll("\"\""))
                        .results()
                        .forEach(metric -> metrics.add(metric.group())));
        return metrics;
    }
}
