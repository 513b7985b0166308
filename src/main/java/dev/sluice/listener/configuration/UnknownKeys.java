package dev.sluice.listener.configuration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds keys that do not exist, and keys that have the wrong thing below them. */
final class UnknownKeys {

    private static final String DIRECTLY = "";
    /** The one key that a kind of sink is mostly about. */
    private static final List<String> OF_SINKS = List.of("path", "url", "sql", "routing-key", "level");

    private final Schema.Section schema;
    private final Settings settings;
    private final Problems problems;
    private final Set<List<String>> reported = new HashSet<>();

    UnknownKeys(Schema.Section schema, Settings settings, Problems problems) {
        this.schema = schema;
        this.settings = settings;
        this.problems = problems;
    }

    void check() {
        for (Settings.Stray stray : settings.strayRoots()) {
            problems.add(stray.key(), "unknown key." + stray.suggestion(), stray.origin());
        }
        for (Settings.Stray stray : settings.strayVariables()) {
            problems.add(stray.key(), "unknown key." + stray.suggestion(), stray.origin());
        }
        for (Setting setting : settings.all()) {
            if (!setting.inherited()) {
                check(setting, schema, 0);
            }
        }
    }

    /**
     * @param at what the schema has at the first {@code depth} elements of the path
     */
    private void check(Setting setting, Schema at, int depth) {
        if (depth == setting.path().size()) {
            checkValue(setting, at);
            return;
        }
        String element = setting.path().get(depth);
        boolean index = Setting.isIndex(element);
        switch (at) {
            case Schema.Section _ when index -> report(setting, depth, "must have keys below it, not a list");
            case Schema.Entries(Schema.Value _) when index && !element.matches("\\[\\d+]") -> {
                // how a name with other than letters, digits and dashes is written
            }
            case Schema.Entries _ when index -> report(setting, depth, "must have a name for each, not a list");
            case Schema.Section section
            when section.keys().containsKey(element) -> check(setting, section.key(element), depth + 1);
            case Schema.Section section -> report(setting, depth + 1, "unknown key." + cure(section, setting, depth));
            case Schema.Entries(Schema each) -> check(setting, each, depth + 1);
            case Schema.Listed(Schema each) when index -> check(setting, each, depth + 1);
            case Schema.Listed _ -> report(setting, depth, "takes a list, each element with a dash in front");
            case Schema.Values _ when index -> {
                // one of the list's elements
            }
            case Schema.Values _ -> report(setting, depth, "takes a list of values, not keys below it");
            case Schema.Value _ ->
                report(setting, depth, "takes one value, not " + (index ? "a list" : "keys below it"));
        }
    }

    private void checkValue(Setting setting, Schema at) {
        boolean leaf = at instanceof Schema.Value || at instanceof Schema.Values;
        if (!leaf && !setting.isEmpty()) {
            report(
                    setting,
                    setting.path().size(),
                    "must have keys below it, not "
                            + (setting.isSecret() ? "a value." : "the value '" + setting.value() + "'.")
                            + asKey(at, setting));
        }
    }

    /** Reports the first elements of a path, once for all that is below them. */
    private void report(Setting setting, int depth, String message) {
        List<String> path = setting.path().subList(0, depth);
        if (reported.add(path)) {
            problems.add(Setting.key(path), message, setting.origin());
            problems.explain(Setting.key(path));
        }
    }

    /** What somebody who wrote {@code framing: line} or {@code tcp: 8888} meant. */
    private static String asKey(Schema at, Setting setting) {
        String value = setting.value().toString();
        boolean number = value.matches("\\d+");
        return switch (at) {
            case Schema.Section section when setting.isSecret() -> thereAre(section);
            case Schema.Section(var keys) when keys.containsKey("type") && !number -> meant(setting, "type: " + value);
            case Schema.Section(var keys) when keys.containsKey("port") && number -> meant(setting, "port: " + value);
            case Schema.Section(var keys)
            when keys.containsKey("tcp") && number -> meant(setting, "tcp: { port: " + value + " }");
            case Schema.Section section ->
                OF_SINKS.stream()
                        .filter(section.keys()::containsKey)
                        .findFirst()
                        .map(key -> meant(setting, key + ": " + value))
                        .orElse(thereAre(section));
            default -> "";
        };
    }

    private static String meant(Setting setting, String below) {
        return " Did you mean '" + setting.path().getLast() + ": { " + below + " }'?";
    }

    private String cure(Schema.Section section, Setting setting, int depth) {
        List<String> here = setting.path().subList(0, depth);
        String element = setting.path().get(depth);
        if (here.isEmpty()) {
            return topLevel(section, setting);
        }
        List<String> listener = here.subList(0, isNamed(here) ? 2 : 1);
        Optional<String> sibling = Nearest.to(element, section.keys().keySet());
        List<List<String>> elsewhere = elsewhere(listener, here);
        Optional<String> other =
                Nearest.to(element, elsewhere.stream().map(List::getLast).toList());
        if (other.isPresent()
                && (sibling.isEmpty()
                        || Nearest.distance(element, other.get()) < Nearest.distance(element, sibling.get()))) {
            boolean same = Schema.uniform(other.get()).equals(Schema.uniform(element));
            return (same ? "" : didYouMean(other.get())) + belongs(other.get(), elsewhere, listener);
        }
        sibling.ifPresent(near -> problems.explain(Setting.key(here) + "." + near));
        return sibling.map(UnknownKeys::didYouMean).orElse(thereAre(section));
    }

    /** Whether it is in a listener or a sink, rather than in a section that is there once. */
    private boolean isNamed(List<String> path) {
        return schema.key(path.getFirst()) instanceof Schema.Entries;
    }

    private static String topLevel(Schema.Section section, Setting setting) {
        boolean listener = setting.path().contains("tcp") || setting.path().contains("udp");
        boolean sink =
                setting.path().size() > 1 && SinkRules.isKind(setting.path().get(1));
        return Nearest.to(setting.path().getFirst(), section.keys().keySet())
                .map(UnknownKeys::didYouMean)
                .orElse(
                        listener
                                ? " Listeners are declared under 'sluice.listeners'."
                                : sink ? " Sinks are declared under 'sluice.sinks'." : thereAre(section));
    }

    private String belongs(String key, List<List<String>> elsewhere, List<String> listener) {
        List<List<String>> paths = elsewhere.stream()
                .filter(path -> path.getLast().equals(key))
                .sorted(Comparator.comparingInt(List::size))
                .toList();
        Set<String> sections = new LinkedHashSet<>();
        for (List<String> path : paths) {
            problems.explain(Setting.key(listener) + "." + String.join(".", path));
            sections.add(path.size() == 1 ? DIRECTLY : String.join(".", path.subList(0, path.size() - 1)));
        }
        if (sections.contains(DIRECTLY)) {
            return " It belongs directly under '" + listener.getLast() + "'.";
        }
        return " It belongs under "
                + sections.stream().map(section -> "'" + section + "'").collect(Collectors.joining(" or ")) + ".";
    }

    /** The keys of a listener other than those just here; of the transport that it does not have, none. */
    private List<List<String>> elsewhere(List<String> listener, List<String> here) {
        Schema root =
                schema.key(here.getFirst()) instanceof Schema.Entries(Schema each) ? each : schema.key(here.getFirst());
        boolean tcp = says(listener, "tcp");
        boolean udp = says(listener, "udp");
        List<String> relative = here.subList(listener.size(), here.size());
        List<List<String>> paths = new ArrayList<>();
        for (List<String> path : root.paths()) {
            boolean absent = (path.getFirst().equals("tcp") && udp && !tcp)
                    || (path.getFirst().equals("udp") && tcp && !udp);
            if (!absent && !path.subList(0, path.size() - 1).equals(relative)) {
                paths.add(path);
            }
        }
        return paths;
    }

    private boolean says(List<String> listener, String transport) {
        List<String> path = new ArrayList<>(listener);
        path.add(transport);
        return !settings.below(path).isEmpty();
    }

    private static String didYouMean(String key) {
        return " Did you mean '" + key + "'?";
    }

    private static String thereAre(Schema.Section section) {
        return section.keys().keySet().stream()
                .map(key -> "'" + key + "'")
                .collect(Collectors.joining(", ", " There are ", "."));
    }
}
