package dev.sluice.listener.configuration;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * What a protocol and {@code sluice.defaults} say, said for every listener that does not say it itself: property
 * sources of {@code sluice.listeners.<name>.…}, whose origins are those of the words. A list counts as a whole. A
 * protocol counts before the defaults; its rules are not among it, since they are tried behind a listener's own.
 */
public final class ListenerDefaults {

    private static final String ROOT = "sluice.";
    private static final List<String> DEFAULTS = List.of("defaults");
    private static final String PROTOCOLS = "protocols";
    private static final Schema.Section SCHEMA = Schema.of(SluiceProperties.class);

    private ListenerDefaults() {}

    /** Adds them to an environment that has been read, and in place of those that it had before. */
    public static void applyTo(ConfigurableEnvironment environment) {
        environment.getPropertySources().stream()
                .map(PropertySource::getName)
                .filter(name -> section(name) != null || ShippedProtocols.isOne(name))
                .toList()
                .forEach(environment.getPropertySources()::remove);
        Settings settings = Settings.of(environment, SCHEMA);
        Map<String, Set<String>> speakers = speakers(settings, environment);
        ShippedProtocols.load(speakers.keySet(), settings.names(PROTOCOLS), environment);
        speakers.forEach((protocol, listeners) -> inherit(environment, List.of(PROTOCOLS, protocol), listeners));
        inherit(environment, DEFAULTS, settings.listeners());
    }

    /**
     * Returns of which section a property source holds the words, below {@code sluice}; null if it is none of these.
     */
    static @Nullable List<String> section(String source) {
        List<String> path = source.startsWith(ROOT)
                ? List.of(source.substring(ROOT.length()).split("\\.", 2))
                : List.of();
        return path.equals(DEFAULTS) || path.size() == 2 && path.getFirst().equals(PROTOCOLS) ? path : null;
    }

    /** Returns the listeners that speak each protocol, by its name. */
    private static Map<String, Set<String>> speakers(Settings settings, ConfigurableEnvironment environment) {
        Map<String, Set<String>> speakers = new TreeMap<>();
        for (String listener : settings.listeners()) {
            Stream.of(List.of("listeners", listener, "protocol"), List.of("defaults", "protocol"))
                    .map(settings::at)
                    .flatMap(Optional::stream)
                    .findFirst()
                    .map(said -> environment.resolvePlaceholders(said.value().toString()))
                    .filter(name -> !name.isEmpty())
                    .ifPresent(name ->
                            speakers.computeIfAbsent(name, _ -> new TreeSet<>()).add(listener));
        }
        return speakers;
    }

    private static void inherit(ConfigurableEnvironment environment, List<String> section, Set<String> listeners) {
        Settings settings = Settings.of(environment, SCHEMA);
        Map<String, Object> inherited = new LinkedHashMap<>();
        Map<List<String>, String> sources = new HashMap<>();
        for (Setting word : settings.below(section)) {
            // of a list that several property sources give, the first one's is the list
            if (!sources.computeIfAbsent(word.whole(), _ -> word.source()).equals(word.source())) {
                continue;
            }
            for (String listener : listeners) {
                if (applies(word, section.size(), listener, settings)) {
                    inherited.put(
                            Setting.key(path(listener, word.path(), section.size())),
                            OriginTrackedValue.of(word.value(), word.origin()));
                }
            }
        }
        if (!inherited.isEmpty()) {
            environment
                    .getPropertySources()
                    .addLast(new OriginTrackedMapPropertySource(ROOT + String.join(".", section), inherited, true));
        }
    }

    private static boolean applies(Setting word, int depth, String listener, Settings settings) {
        if (word.isEmpty() || word.path().size() <= depth) {
            return false;
        }
        String key = word.path().get(depth);
        if (depth > 1 && key.equals("rules")
                || !settings.below(path(listener, word.whole(), depth)).isEmpty()) {
            return false;
        }
        boolean tcp = !settings.below(List.of("listeners", listener, "tcp")).isEmpty();
        boolean udp = !settings.below(List.of("listeners", listener, "udp")).isEmpty();
        return switch (key) {
            case "tcp" -> tcp;
            case "udp" -> udp;
            default ->
                tcp
                        || !udp
                        || !TcpOnly.KEYS.contains(
                                word.path().subList(depth, word.path().size()));
        };
    }

    /** Where the listener would say it. */
    private static List<String> path(String listener, List<String> word, int depth) {
        return Stream.concat(Stream.of("listeners", listener), word.stream().skip(depth))
                .toList();
    }
}
