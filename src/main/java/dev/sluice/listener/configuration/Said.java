package dev.sluice.listener.configuration;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * What an environment says, and where. Of our own keys it is all that counts, by key; Spring's are looked up.
 *
 * <p>A key is written in full, {@code sluice.listeners.greeter.sinks[0]}, and is spelled as the schema spells it as far
 * as the schema knows it.
 */
final class Said {

    static final Schema.Section SCHEMA = Schema.of(SluiceProperties.class);

    private static final String ROOT = "sluice";
    private static final Pattern ELEMENT = Pattern.compile("\\[[^]]*]|[^.\\[]+");

    /**
     * A word that means nothing.
     *
     * @param suggestion what it should be; empty if nothing is near
     */
    record Stray(String key, String suggestion, Origin origin) {}

    private final ConfigurableEnvironment environment;
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<Stray> strays = new ArrayList<>();

    Said(ConfigurableEnvironment environment) {
        this.environment = environment;
        List<EnumerablePropertySource<?>> sources = new ArrayList<>();
        environment.getPropertySources().forEach(source -> {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                sources.add(enumerable);
            }
        });
        EnvironmentVariables variables = new EnvironmentVariables(declaredNames(sources));
        for (EnumerablePropertySource<?> source : sources) {
            for (String property : source.getPropertyNames()) {
                read(source, property, variables);
            }
        }
    }

    /** Returns by section the listeners and sinks that anything but an environment variable declares. */
    private static Map<String, Set<String>> declaredNames(List<EnumerablePropertySource<?>> sources) {
        Map<String, Set<String>> names = new HashMap<>();
        for (EnumerablePropertySource<?> source : sources) {
            for (String property : source.getPropertyNames()) {
                List<String> elements = elements(property);
                if (elements.size() > 2
                        && elements.getFirst().equals(ROOT)
                        && SCHEMA.keys().get(elements.get(1)) instanceof Schema.Entries) {
                    names.computeIfAbsent(elements.get(1), _ -> new TreeSet<>()).add(elements.get(2));
                }
            }
        }
        return names;
    }

    private void read(EnumerablePropertySource<?> source, String property, EnvironmentVariables variables) {
        List<String> elements = elements(property);
        if (!elements.isEmpty() && elements.getFirst().equals(ROOT)) {
            add(source, property, ROOT + SCHEMA.spelled(elements.subList(1, elements.size())));
        } else if (source instanceof SystemEnvironmentPropertySource) {
            if (variables.isOurs(property)) {
                variables
                        .key(property)
                        .ifPresentOrElse(
                                key -> add(source, property, key),
                                () -> stray(source, property, property, variables.suggestion(property)));
            }
        } else if (source instanceof OriginLookup<?> && !elements.isEmpty()) {
            readRoot(source, property, elements);
        }
    }

    /**
     * A file that says {@code slucie:}, or {@code listeners:} at its very left, would otherwise be read as nothing at
     * all.
     */
    private void readRoot(EnumerablePropertySource<?> source, String property, List<String> elements) {
        String root = elements.getFirst();
        if (SCHEMA.keys().containsKey(root)) {
            stray(source, property, root, " It belongs under 'sluice'.");
        } else if (elements.size() > 1
                && SCHEMA.spelled(elements.get(1)).isPresent()
                && Nearest.distance(root, ROOT) <= 2) {
            stray(source, property, root, " Did you mean 'sluice'?");
        }
    }

    private void stray(EnumerablePropertySource<?> source, String property, String key, String suggestion) {
        strays.add(new Stray(key, suggestion, PropertySourceOrigin.get(source, property)));
    }

    private void add(EnumerablePropertySource<?> source, String property, String key) {
        Object value = source.getProperty(property);
        if (value != null) {
            settings.putIfAbsent(
                    key, new Setting(key, value, PropertySourceOrigin.get(source, property), source.getName()));
        }
    }

    /** All that is said of ours. */
    Collection<Setting> all() {
        return settings.values();
    }

    /** What none of our keys explains, though it most probably was meant for us. */
    List<Stray> strays() {
        return strays;
    }

    /** What is said under one of our keys. */
    Optional<Setting> at(String key) {
        return Optional.ofNullable(settings.get(key));
    }

    /** What is said under one of our keys or anywhere below. */
    List<Setting> below(String section) {
        return settings.values().stream()
                .filter(setting -> setting.isBelow(section))
                .toList();
    }

    boolean isSaid(String section) {
        return settings.values().stream().anyMatch(setting -> setting.isBelow(section));
    }

    /** The names in a section of such as the operator chooses, {@code listeners} for one, as written. */
    Set<String> names(String section) {
        Set<String> names = new LinkedHashSet<>();
        for (String key : settings.keySet()) {
            List<String> elements = elements(key);
            if (elements.size() > 2 && elements.get(1).equals(section) && !isIndex(elements.get(2))) {
                names.add(elements.get(2));
            }
        }
        return names;
    }

    /** What is said under one of Spring's keys, as written. */
    Optional<ConfigurationProperty> find(String key) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(key);
        return sources()
                .map(source -> source.getConfigurationProperty(name))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** As Spring Boot sees them. */
    Stream<ConfigurationPropertySource> sources() {
        return StreamSupport.stream(
                ConfigurationPropertySources.from(environment.getPropertySources())
                        .spliterator(),
                false);
    }

    /** What is said under one of Spring's keys, resolved; empty if nobody says anything. */
    String text(String key) {
        return find(key)
                .map(property -> resolved(property.getValue()))
                .orElse("")
                .strip();
    }

    /** Where one of Spring's keys is said. */
    @Nullable
    Origin origin(String key) {
        return find(key).map(ConfigurationProperty::getOrigin).orElse(null);
    }

    /** The text of a value with its placeholders resolved as far as they can be. */
    String resolved(Object value) {
        String text = value.toString();
        try {
            return environment.resolvePlaceholders(text);
        } catch (IllegalArgumentException ex) {
            return text; // it leads back to itself
        }
    }

    ConfigurableEnvironment environment() {
        return environment;
    }

    Binder binder() {
        return Binder.get(environment);
    }

    /** What a key consists of; an index is an element of its own: {@code [0]}. */
    static List<String> elements(String key) {
        return ELEMENT.matcher(key).results().map(MatchResult::group).toList();
    }

    /** An element as it stands in a key. */
    static String joined(String element) {
        return isIndex(element) ? element : "." + element;
    }

    /** The key of what one is directly in. */
    static String around(String key) {
        return key.substring(0, Math.max(0, Math.max(key.lastIndexOf('.'), key.lastIndexOf('['))));
    }

    /** Whether a key is that of a section, or of something in it. */
    static boolean isWithin(String section, String key) {
        return key.startsWith(section)
                && (key.length() == section.length() || ".[".indexOf(key.charAt(section.length())) >= 0);
    }

    static boolean isIndex(String element) {
        return element.startsWith("[");
    }
}
