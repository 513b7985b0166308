package dev.sluice.listener.configuration;

import dev.sluice.listener.ListenerProperties;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * A listener as far as it can be read, with what was said about it and where.
 *
 * <p>Keys are relative to the listener: {@code tcp.port}.
 */
final class DeclaredListener {

    private final List<String> path;
    private final Settings settings;
    private final Problems problems;
    private final ListenerProperties properties;

    /** Reads one, reporting the values that cannot be read and going on with their defaults. */
    DeclaredListener(List<String> path, Binder binder, Settings settings, Problems problems) {
        this.path = path;
        this.settings = settings;
        this.problems = problems;
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(Setting.key(path), '.');
        this.properties = binder.bind(name, Bindable.of(ListenerProperties.class), new Reading(name))
                .orElseGet(DeclaredListener::unsaid);
    }

    private static ListenerProperties unsaid() {
        return new Binder().bindOrCreate("sluice", Bindable.of(ListenerProperties.class));
    }

    String name() {
        return path.getLast();
    }

    ListenerProperties properties() {
        return properties;
    }

    /** Whether the key, or anything below it, was written for this listener or inherited. */
    boolean says(String key) {
        return !settings.below(path(key)).isEmpty();
    }

    /** Whether it was written for this listener itself, and not left empty. */
    boolean saysItself(String key) {
        return settings.below(path(key)).stream().anyMatch(setting -> !setting.inherited() && !setting.isEmpty());
    }

    /** Whether what is wrong with the key has been reported. */
    boolean isExplained(String key) {
        return problems.isExplained(Setting.key(path(key)));
    }

    /** The line of the key or, if nobody wrote it, of the section where it would be. */
    Optional<Setting> where(String key) {
        List<String> section = path(key);
        while (section.size() >= path.size()) {
            Optional<Setting> first = settings.below(section).stream()
                    .min(Comparator.comparing(Setting::inherited)
                            .thenComparingInt(setting -> Place.line(setting.origin())));
            if (first.isPresent()) {
                return first;
            }
            section = section.subList(0, section.size() - 1);
        }
        return Optional.empty();
    }

    void report(String key, String message) {
        Setting said = settings.at(path(key)).orElse(null);
        if (said != null) {
            problems.add(said.key(), message, said.origin());
        } else {
            problems.add(
                    Setting.key(path(key)),
                    message,
                    where(key).map(Setting::origin).orElse(null));
        }
    }

    /** Reports a key that is not there, unless it is there under a wrong name. */
    void reportMissing(String key, String message) {
        if (!isExplained(key)) {
            report(key, message);
        }
    }

    private List<String> path(String key) {
        return key.isEmpty()
                ? path
                : Stream.concat(path.stream(), Stream.of(key.split("\\."))).toList();
    }

    private final class Reading implements BindHandler {

        private final ConfigurationPropertyName listener;

        Reading(ConfigurationPropertyName listener) {
            this.listener = listener;
        }

        @Override
        public @Nullable Object onFailure(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) {
            if (ListenersBindHandler.isSection(target)) {
                return null;
            }
            String key = name.toString().substring(listener.toString().length() + 1);
            Object value = settings.at(path(key)).map(Setting::value).orElse("");
            if (value.toString().isEmpty()) {
                return null;
            }
            problems.explain(Setting.key(path(key)));
            report(key, UnreadableValue.describe(target.getType().resolve(Object.class), value));
            return null;
        }
    }
}
