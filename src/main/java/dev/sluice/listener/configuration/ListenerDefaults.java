package dev.sluice.listener.configuration;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * What {@code sluice.defaults} says, said for every listener that does not say it itself: a property source of
 * {@code sluice.listeners.<name>.…}, whose origins are those of the defaults. A list counts as a whole.
 */
public final class ListenerDefaults {

    static final String SOURCE = "sluice.defaults";

    private static final List<String> DEFAULTS = List.of("defaults");

    private ListenerDefaults() {}

    /** Adds them to an environment that has been read, and in place of those that it had before. */
    public static void applyTo(ConfigurableEnvironment environment) {
        environment.getPropertySources().remove(SOURCE);
        Settings settings = Settings.of(environment, Schema.of(SluiceProperties.class));
        Map<String, Object> inherited = new LinkedHashMap<>();
        Map<List<String>, String> sources = new HashMap<>();
        for (Setting word : settings.below(DEFAULTS)) {
            // of a list that several property sources give, the first one's is the list
            if (!sources.computeIfAbsent(word.whole(), _ -> word.source()).equals(word.source())) {
                continue;
            }
            for (String listener : settings.listeners()) {
                if (applies(word, listener, settings)) {
                    inherited.put(
                            Setting.key(path(listener, word.path())),
                            OriginTrackedValue.of(word.value(), word.origin()));
                }
            }
        }
        if (!inherited.isEmpty()) {
            environment.getPropertySources().addLast(new OriginTrackedMapPropertySource(SOURCE, inherited, true));
        }
    }

    private static boolean applies(Setting word, String listener, Settings settings) {
        if (word.isEmpty() || word.path().size() < 2) {
            return false;
        }
        if (!settings.below(path(listener, word.whole())).isEmpty()) {
            return false;
        }
        boolean tcp = !settings.below(List.of("listeners", listener, "tcp")).isEmpty();
        boolean udp = !settings.below(List.of("listeners", listener, "udp")).isEmpty();
        return switch (word.path().get(1)) {
            case "tcp" -> tcp;
            case "udp" -> udp;
            default ->
                tcp
                        || !udp
                        || !TcpOnly.KEYS.contains(
                                word.path().subList(1, word.path().size()));
        };
    }

    /** Where the listener would say it. */
    private static List<String> path(String listener, List<String> word) {
        return Stream.concat(Stream.of("listeners", listener), word.stream().skip(1))
                .toList();
    }
}
