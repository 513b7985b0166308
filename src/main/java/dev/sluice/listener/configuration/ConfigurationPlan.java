package dev.sluice.listener.configuration;

import dev.sluice.listener.configuration.ConfigurationWords.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the configuration that runs and another. Immutable.
 *
 * @param fingerprint tells this difference from any other
 * @param listeners those that differ, by name
 * @param sinks those that differ, by name
 * @param others keys that belong to no listener and no sink, and count once they are applied
 * @param onStart keys that only a start can change
 * @param overridden a line for each key of which a file's word does not count
 */
public record ConfigurationPlan(
        String fingerprint,
        Map<String, Changed> listeners,
        Map<String, Changed> sinks,
        List<Key> others,
        List<Key> onStart,
        List<String> overridden) {

    private static final Pattern FRAMEWORK = Pattern.compile("(spring|server|management|logging)\\..*");
    /** What a reload applies of these, or what only says which files there are. */
    private static final Pattern APPLIED =
            Pattern.compile("(logging\\.level|spring\\.ssl|spring\\.security\\.user)\\..*");

    private static final List<String> BUNDLES = List.of("spring", "ssl", "bundle");

    private static final Pattern FILES = Pattern.compile("spring\\.(config|profiles)\\..*");
    private static final Set<String> ON_START = Set.of("data-directory", "memory", "cluster", "replies");

    private static final Set<String> OTHERS = Set.of("users", "protocols", "defaults", "reload");

    /** How something that has a name differs. */
    public enum Change {
        ADDED,
        REMOVED,
        CHANGED
    }

    /**
     * Something that has a name, and differs.
     *
     * @param keys that differ; none if it is added or removed
     */
    public record Changed(Change change, List<Key> keys) {}

    /**
     * A key that differs.
     *
     * @param before as anybody may read it; null if nothing was said
     * @param after as anybody may read it; null if nothing is said any more
     */
    public record Key(
            String key, @Nullable String before, @Nullable String after, Effect effect) {}

    /** Compares what runs with what is to. */
    public static ConfigurationPlan between(ConfigurationSnapshot before, ConfigurationSnapshot after) {
        return new Comparison(before, after).plan();
    }

    /** Whether nothing differs. */
    public boolean isEmpty() {
        return listeners.isEmpty() && sinks.isEmpty() && others.isEmpty() && onStart.isEmpty();
    }

    /** Returns whether any key differs of which the name fits. */
    public boolean changes(Predicate<String> key) {
        return others.stream().map(Key::key).anyMatch(key);
    }

    /** Returns whether anything differs of the SSL bundle of a name. */
    public boolean changesBundle(String name) {
        return others.stream()
                .map(key -> Said.elements(key.key()))
                .anyMatch(key -> key.size() > BUNDLES.size() + 1
                        && key.subList(0, BUNDLES.size()).equals(BUNDLES)
                        && Schema.uniform(key.get(BUNDLES.size() + 1)).equals(Schema.uniform(name)));
    }

    private static final class Comparison {

        private final ConfigurationSnapshot before;
        private final ConfigurationSnapshot after;
        private final Map<String, Changed> listeners = new LinkedHashMap<>();
        private final Map<String, Changed> sinks = new LinkedHashMap<>();
        private final List<Key> others = new ArrayList<>();
        private final List<Key> onStart = new ArrayList<>();

        Comparison(ConfigurationSnapshot before, ConfigurationSnapshot after) {
            this.before = before;
            this.after = after;
        }

        ConfigurationPlan plan() {
            SluiceProperties was = before.properties();
            SluiceProperties is = after.properties();
            compare("listeners", was.listeners().keySet(), is.listeners().keySet(), listeners);
            compare("sinks", was.sinks().keySet(), is.sinks().keySet(), sinks);
            for (String key : differing("sluice")) {
                String section = Said.elements(key).get(1);
                if (OTHERS.contains(section)) {
                    others.add(key(key, Effect.APPLIED));
                } else if (ON_START.contains(section)) {
                    onStart.add(key(key, Effect.ON_START));
                }
            }
            compareOthers();
            return new ConfigurationPlan(
                    ConfigurationWords.digest(before.fingerprint() + after.fingerprint()),
                    listeners,
                    sinks,
                    others,
                    onStart,
                    after.words().overridden());
        }

        private void compare(String section, Set<String> was, Set<String> is, Map<String, Changed> into) {
            Set<String> all = new TreeSet<>(was);
            all.addAll(is);
            for (String name : all) {
                if (!was.contains(name)) {
                    into.put(name, new Changed(Change.ADDED, List.of()));
                } else if (!is.contains(name)) {
                    into.put(name, new Changed(Change.REMOVED, List.of()));
                } else {
                    List<Key> keys = new ArrayList<>();
                    for (String key : differing("sluice." + section + "." + name)) {
                        keys.add(key(key, section.equals("listeners") ? effect(name, key) : Effect.AT_ONCE));
                    }
                    if (section.equals("listeners")) {
                        keys.addAll(ofProtocol(name));
                    }
                    if (!keys.isEmpty()) {
                        into.put(name, new Changed(Change.CHANGED, List.copyOf(keys)));
                    }
                }
            }
        }

        private Effect effect(String listener, String key) {
            ListenerProperties was =
                    Objects.requireNonNull(before.properties().listeners().get(listener));
            ListenerProperties is =
                    Objects.requireNonNull(after.properties().listeners().get(listener));
            List<String> elements = Said.elements(key);
            return isReplaced(was, is) ? Effect.REPLACED : Effect.of(elements.subList(3, elements.size()));
        }

        /** Rules of a protocol are not inherited key by key: they come behind the listener's own. */
        private List<Key> ofProtocol(String listener) {
            String protocol = Objects.requireNonNull(
                            after.properties().listeners().get(listener))
                    .protocol();
            return protocol == null
                    ? List.of()
                    : differing("sluice.protocols." + protocol + ".rules").stream()
                            .map(key -> key(key, Effect.AT_ONCE))
                            .toList();
        }

        /** The keys of a section of which the words differ. */
        private List<String> differing(String section) {
            Set<String> all = new TreeSet<>(before.words().sluice().keySet());
            all.addAll(after.words().sluice().keySet());
            return all.stream()
                    .filter(key -> Said.isWithin(section, key))
                    .filter(key -> !sameValue(
                            before.words().sluice().get(key),
                            after.words().sluice().get(key)))
                    .toList();
        }

        private static boolean sameValue(@Nullable Word one, @Nullable Word other) {
            return Objects.equals(one == null ? null : one.value(), other == null ? null : other.value());
        }

        private Key key(String key, Effect effect) {
            return key(
                    key,
                    before.words().sluice().get(key),
                    after.words().sluice().get(key),
                    effect);
        }

        private static Key key(String key, @Nullable Word was, @Nullable Word is, Effect effect) {
            return new Key(key, was == null ? null : was.shown(), is == null ? null : is.shown(), effect);
        }

        private void compareOthers() {
            Set<String> all = new TreeSet<>(before.words().others().keySet());
            all.addAll(after.words().others().keySet());
            for (String name : all) {
                Word was = before.words().others().get(name);
                Word is = after.words().others().get(name);
                if (sameValue(was, is)
                        || FILES.matcher(name).matches()
                        || !FRAMEWORK.matcher(name).matches()) {
                    continue;
                }
                if (APPLIED.matcher(name).matches()) {
                    others.add(key(name, was, is, Effect.APPLIED));
                } else {
                    onStart.add(key(name, was, is, Effect.ON_START));
                }
            }
        }
    }

    /** Returns whether a listener has to be removed and added: it is one of another transport, or begins to dial. */
    public static boolean isReplaced(ListenerProperties before, ListenerProperties after) {
        if (before.tcp() == null || after.tcp() == null) {
            return (before.tcp() == null) != (after.tcp() == null);
        }
        return before.tcp().dials() != after.tcp().dials();
    }
}
