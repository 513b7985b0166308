package dev.sluice.listener.configuration;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the schema says of keys: which there are, what each has below it, and that a duration has a unit. */
final class KeyRules {

    private static final String DIRECTLY = "";
    /** The one key that a kind of sink is mostly about. */
    private static final List<String> OF_SINKS = List.of("path", "url", "sql", "routing-key", "level");

    private final Said said;
    private final Problems problems;
    private final Set<String> reported = new HashSet<>();

    KeyRules(Said said, Problems problems) {
        this.said = said;
        this.problems = problems;
    }

    void check() {
        for (Said.Stray stray : said.strays()) {
            problems.add(stray.key(), "unknown key." + stray.suggestion(), stray.origin());
        }
        for (Setting setting : said.all()) {
            List<String> elements = Said.elements(setting.key());
            check(setting, Said.SCHEMA, elements.getFirst(), elements.subList(1, elements.size()));
        }
    }

    /**
     * @param at what the schema has at {@code here}
     * @param rest the elements of the key behind it
     */
    private void check(Setting setting, Schema at, String here, List<String> rest) {
        if (rest.isEmpty()) {
            checkValue(setting, at);
            return;
        }
        String element = rest.getFirst();
        List<String> below = rest.subList(1, rest.size());
        String next = here + Said.joined(element);
        boolean index = Said.isIndex(element);
        switch (at) {
            case Schema.Section _ when index -> report(setting, here, "must have keys below it, not a list");
            case Schema.Entries(Schema.Value _) when index && !element.matches("\\[\\d+]") -> {
                // how a name with other than letters, digits and dashes is written
            }
            case Schema.Entries _ when index -> report(setting, here, "must have a name for each, not a list");
            case Schema.Section section
            when section.keys().containsKey(element) -> check(setting, section.key(element), next, below);
            case Schema.Section section -> {
                if (!setting.inherited()) {
                    report(setting, next, "unknown key." + cure(section, setting, here, element));
                }
            }
            case Schema.Entries(Schema each) -> check(setting, each, next, below);
            case Schema.Listed(Schema each) when index -> check(setting, each, next, below);
            case Schema.Listed _ -> report(setting, here, "takes a list, each element with a dash in front");
            case Schema.Values _ when index -> {
                // one of the list's elements
            }
            case Schema.Values _ -> report(setting, here, "takes a list of values, not keys below it");
            case Schema.Value _ ->
                report(setting, here, "takes one value, not " + (index ? "a list" : "keys below it"));
        }
    }

    private void checkValue(Setting setting, Schema at) {
        if (at instanceof Schema.Value(Class<?> type)) {
            if (type == Duration.class) {
                UnreadableValue.unitless(said.resolved(setting.value())).ifPresent(problem -> {
                    problems.explain(setting.key());
                    problems.add(setting.writtenKey(), problem, setting.origin());
                });
            }
        } else if (!(at instanceof Schema.Values) && !setting.isEmpty()) {
            report(
                    setting,
                    setting.key(),
                    "must have keys below it, not "
                            + (setting.isSecret() ? "a value." : "the value '" + setting.value() + "'.")
                            + asKey(at, setting));
        }
    }

    /**
     * Reports a key once, whatever is below it; what a listener inherits is reported where it was written.
     *
     * @param key that of the setting, or the beginning of it
     */
    private void report(Setting setting, String key, String message) {
        if (!setting.inherited() && reported.add(key)) {
            problems.add(key, message, setting.origin());
            problems.explain(key);
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
        return " Did you mean '" + last(setting.key()) + ": { " + below + " }'?";
    }

    private String cure(Schema.Section section, Setting setting, String here, String element) {
        List<String> elements = Said.elements(here);
        if (elements.size() == 1) {
            return topLevel(section, setting);
        }
        boolean named = Said.SCHEMA.key(elements.get(1)) instanceof Schema.Entries;
        String listener = String.join(".", elements.subList(0, named ? 3 : 2));
        Optional<String> sibling = Nearest.to(element, section.keys().keySet());
        List<String> elsewhere = elsewhere(elements.get(1), listener, here);
        Optional<String> other =
                Nearest.to(element, elsewhere.stream().map(KeyRules::last).toList());
        if (other.isPresent()
                && (sibling.isEmpty()
                        || Nearest.distance(element, other.get()) < Nearest.distance(element, sibling.get()))) {
            boolean same = Schema.uniform(other.get()).equals(Schema.uniform(element));
            return (same ? "" : didYouMean(other.get())) + belongs(other.get(), elsewhere, listener);
        }
        sibling.ifPresent(near -> problems.explain(here + "." + near));
        return sibling.map(KeyRules::didYouMean).orElse(thereAre(section));
    }

    private static String topLevel(Schema.Section section, Setting setting) {
        List<String> elements = Said.elements(setting.key());
        boolean listener = elements.contains("tcp") || elements.contains("udp");
        boolean sink = elements.size() > 2 && SinkRules.isKind(elements.get(2));
        return Nearest.to(elements.get(1), section.keys().keySet())
                .map(KeyRules::didYouMean)
                .orElse(
                        listener
                                ? " Listeners are declared under 'sluice.listeners'."
                                : sink ? " Sinks are declared under 'sluice.sinks'." : thereAre(section));
    }

    private String belongs(String key, List<String> elsewhere, String listener) {
        Set<String> sections = new LinkedHashSet<>();
        elsewhere.stream()
                .filter(path -> last(path).equals(key))
                .sorted(Comparator.comparingLong(
                        path -> path.chars().filter(c -> c == '.').count()))
                .forEach(path -> {
                    problems.explain(listener + "." + path);
                    sections.add(section(path));
                });
        if (sections.contains(DIRECTLY)) {
            return " It belongs directly under '" + last(listener) + "'.";
        }
        return " It belongs under "
                + sections.stream().map(section -> "'" + section + "'").collect(Collectors.joining(" or ")) + ".";
    }

    /** The keys of a listener other than those just here; of the transport that it does not have, none. */
    private List<String> elsewhere(String kind, String listener, String here) {
        Schema root = Said.SCHEMA.key(kind) instanceof Schema.Entries(Schema each) ? each : Said.SCHEMA.key(kind);
        boolean tcp = said.isSaid(listener + ".tcp");
        boolean udp = said.isSaid(listener + ".udp");
        return root.paths().stream()
                .filter(path -> !(path.startsWith("tcp") && udp && !tcp || path.startsWith("udp") && tcp && !udp))
                .filter(path -> !here.equals(section(listener + "." + path)))
                .toList();
    }

    private static String last(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Returns all of a path but the last element. */
    private static String section(String path) {
        return path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : DIRECTLY;
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
