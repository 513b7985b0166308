package dev.sluice.listener.configuration;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

    private static final String DEFAULTS = "sluice.defaults";
    private static final String PROTOCOLS = "sluice.protocols.";
    private static final String LISTENERS = "sluice.listeners.";

    private ListenerDefaults() {}

    /** Adds them to an environment that has been read, and in place of those that it had before. */
    public static void applyTo(ConfigurableEnvironment environment) {
        environment.getPropertySources().stream()
                .map(PropertySource::getName)
                .filter(name -> isOne(name) || ShippedProtocols.isOne(name))
                .toList()
                .forEach(environment.getPropertySources()::remove);
        Said said = new Said(environment);
        Map<String, Set<String>> speakers = speakers(said);
        ShippedProtocols.load(speakers.keySet(), said.names("protocols"), environment);
        speakers.forEach((protocol, listeners) -> inherit(environment, PROTOCOLS + protocol, listeners));
        inherit(environment, DEFAULTS, said.names("listeners"));
    }

    /** Returns whether a property source is one of these; its name is the section that it has the words of. */
    static boolean isOne(String source) {
        return source.equals(DEFAULTS) || source.startsWith(PROTOCOLS);
    }

    /** Returns the listeners that speak each protocol, by its name. */
    private static Map<String, Set<String>> speakers(Said said) {
        Map<String, Set<String>> speakers = new TreeMap<>();
        for (String listener : said.names("listeners")) {
            said.at(LISTENERS + listener + ".protocol")
                    .or(() -> said.at(DEFAULTS + ".protocol"))
                    .map(protocol -> said.environment()
                            .resolvePlaceholders(protocol.value().toString()))
                    .filter(name -> !name.isEmpty())
                    .ifPresent(name ->
                            speakers.computeIfAbsent(name, _ -> new TreeSet<>()).add(listener));
        }
        return speakers;
    }

    private static void inherit(ConfigurableEnvironment environment, String section, Set<String> listeners) {
        Said said = new Said(environment);
        Map<String, Object> inherited = new LinkedHashMap<>();
        Map<String, String> sources = new HashMap<>();
        for (Setting word : said.below(section)) {
            // of a list that several property sources give, the first one's is the list
            boolean counts = sources.computeIfAbsent(withoutIndex(word.key()), _ -> word.source())
                    .equals(word.source());
            if (!counts || word.isEmpty() || !word.key().startsWith(section + ".")) {
                continue;
            }
            String key = word.key().substring(section.length() + 1);
            if (key.startsWith("rules[") && section.startsWith(PROTOCOLS)) {
                continue;
            }
            for (String listener : listeners) {
                if (applies(key, LISTENERS + listener + ".", said)) {
                    inherited.put(LISTENERS + listener + "." + key, OriginTrackedValue.of(word.value(), word.origin()));
                }
            }
        }
        if (!inherited.isEmpty()) {
            environment.getPropertySources().addLast(new OriginTrackedMapPropertySource(section, inherited, true));
        }
    }

    private static boolean applies(String key, String listener, Said said) {
        if (said.isSaid(listener + withoutIndex(key))) {
            return false;
        }
        boolean tcp = said.isSaid(listener + "tcp");
        boolean udp = said.isSaid(listener + "udp");
        return switch (Said.elements(key).getFirst()) {
            case "tcp" -> tcp;
            case "udp" -> udp;
            default -> tcp || !udp || !TcpOnly.KEYS.contains(key);
        };
    }

    /** The key of the whole list, for one of its elements. */
    private static String withoutIndex(String key) {
        return key.contains("[") ? key.substring(0, key.indexOf('[')) : key;
    }
}
