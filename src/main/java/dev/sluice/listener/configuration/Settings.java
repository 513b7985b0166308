package dev.sluice.listener.configuration;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * All that an environment says about Sluice: of each key the word that counts, and what none of our keys explains.
 *
 * @param said by path
 * @param strayVariables environment variables that are for us by their name, but name nothing
 * @param strayRoots what stands in files next to {@code sluice} and most probably belongs to it
 */
record Settings(Map<List<String>, Setting> said, List<Stray> strayVariables, List<Stray> strayRoots) {

    private static final Pattern ELEMENT = Pattern.compile("\\[[^]]*]|[^.\\[]+");

    /**
     * A word that means nothing.
     *
     * @param suggestion what it should be; empty if nothing is near
     */
    record Stray(String key, String suggestion, Origin origin) {}

    static Settings of(ConfigurableEnvironment environment, Schema.Section schema) {
        Reader reader = new Reader(schema, sources(environment));
        reader.sources.forEach(reader::read);
        return new Settings(reader.said, reader.strayVariables, reader.strayRoots);
    }

    private static List<EnumerablePropertySource<?>> sources(ConfigurableEnvironment environment) {
        List<EnumerablePropertySource<?>> sources = new ArrayList<>();
        environment.getPropertySources().forEach(source -> {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                sources.add(enumerable);
            }
        });
        return sources;
    }

    Collection<Setting> all() {
        return said.values();
    }

    Optional<Setting> at(List<String> path) {
        return Optional.ofNullable(said.get(path));
    }

    /** What is said there or anywhere below. */
    List<Setting> below(List<String> section) {
        return said.values().stream()
                .filter(setting -> setting.isBelow(section))
                .toList();
    }

    /** The names of the listeners, as written. */
    Set<String> listeners() {
        return names("listeners");
    }

    /** The names in a section of such as the operator chooses, as written. */
    Set<String> names(String section) {
        Set<String> names = new LinkedHashSet<>();
        for (Setting setting : said.values()) {
            if (setting.path().size() > 1
                    && setting.path().getFirst().equals(section)
                    && !Setting.isIndex(setting.path().get(1))) {
                names.add(setting.path().get(1));
            }
        }
        return names;
    }

    /** What a key consists of. */
    static List<String> elements(String key) {
        return ELEMENT.matcher(key).results().map(MatchResult::group).toList();
    }

    /** With the keys that the schema knows as the schema spells them. */
    static List<String> spelled(Schema schema, List<String> elements) {
        List<String> path = new ArrayList<>(elements.size());
        Schema at = schema;
        for (String element : elements) {
            switch (at) {
                case Schema.Section section
                when section.spelled(element).isPresent() -> {
                    String key = section.spelled(element).orElseThrow();
                    path.add(key);
                    at = section.key(key);
                }
                case Schema.Entries(Schema each) -> {
                    path.add(element);
                    at = each;
                }
                case Schema.Listed(Schema each) -> {
                    path.add(element);
                    at = each;
                }
                default -> {
                    path.addAll(elements.subList(path.size(), elements.size()));
                    return List.copyOf(path);
                }
            }
        }
        return List.copyOf(path);
    }

    private static final class Reader {

        private final Map<List<String>, Setting> said = new LinkedHashMap<>();
        private final List<Stray> strayVariables = new ArrayList<>();
        private final List<Stray> strayRoots = new ArrayList<>();
        private final Schema.Section schema;
        private final List<EnumerablePropertySource<?>> sources;
        private final EnvironmentVariables variables;

        Reader(Schema.Section schema, List<EnumerablePropertySource<?>> sources) {
            this.schema = schema;
            this.sources = sources;
            this.variables = new EnvironmentVariables(schema, declaredNames());
        }

        /** By section, the listeners and sinks that anything but an environment variable declares. */
        private Map<String, Set<String>> declaredNames() {
            Map<String, Set<String>> names = new HashMap<>();
            for (EnumerablePropertySource<?> source : sources) {
                for (String property : source.getPropertyNames()) {
                    List<String> elements = elements(property);
                    if (elements.size() > 2
                            && elements.getFirst().equals("sluice")
                            && schema.keys().get(elements.get(1)) instanceof Schema.Entries) {
                        names.computeIfAbsent(elements.get(1), _ -> new TreeSet<>())
                                .add(elements.get(2));
                    }
                }
            }
            return names;
        }

        void read(EnumerablePropertySource<?> source) {
            for (String property : source.getPropertyNames()) {
                List<String> elements = elements(property);
                if (!elements.isEmpty() && elements.getFirst().equals("sluice")) {
                    add(source, property, spelled(schema, elements.subList(1, elements.size())));
                } else if (source instanceof SystemEnvironmentPropertySource) {
                    readVariable(source, property);
                } else if (source instanceof OriginLookup<?> && !elements.isEmpty()) {
                    readRoot(source, property, elements);
                }
            }
        }

        private void readVariable(EnumerablePropertySource<?> source, String variable) {
            if (variables.isOurs(variable)) {
                variables
                        .path(variable)
                        .ifPresentOrElse(
                                path -> add(source, variable, path),
                                () -> strayVariables.add(new Stray(
                                        variable,
                                        variables
                                                .nearest(variable)
                                                .map(nearest -> " Did you mean '" + nearest + "'?")
                                                .orElse(""),
                                        origin(source, variable))));
            }
        }

        /**
         * A file that says {@code slucie:}, or {@code listeners:} at its very left, would otherwise be read as nothing
         * at all.
         */
        private void readRoot(EnumerablePropertySource<?> source, String property, List<String> elements) {
            String root = elements.getFirst();
            if (schema.keys().containsKey(root)) {
                strayRoots.add(new Stray(root, " It belongs under 'sluice'.", origin(source, property)));
            } else if (elements.size() > 1
                    && schema.spelled(elements.get(1)).isPresent()
                    && Nearest.distance(root, "sluice") <= 2) {
                strayRoots.add(new Stray(root, " Did you mean 'sluice'?", origin(source, property)));
            }
        }

        private void add(EnumerablePropertySource<?> source, String property, List<String> path) {
            Object value = source.getProperty(property);
            if (value != null) {
                said.putIfAbsent(
                        path,
                        new Setting(
                                path,
                                value,
                                origin(source, property),
                                source.getName(),
                                ListenerDefaults.section(source.getName())));
            }
        }

        private static Origin origin(EnumerablePropertySource<?> source, String property) {
            return PropertySourceOrigin.get(source, property);
        }
    }
}
