package dev.sluice.listener.configuration;

import dev.sluice.check.Check;
import dev.sluice.message.UnknownNameException;
import dev.sluice.protocol.RulesCheck;
import dev.sluice.transport.Cidr;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.ResolvableType;

/**
 * A listener or a sink as far as it can be read, with what was said about it and where.
 *
 * <p>Keys are relative to it: {@code tcp.port}, {@code sinks[0]}.
 *
 * @param <P> its properties
 */
final class Declared<P> implements Check {

    private static final Cidr SOME_ADDRESS = Cidr.of("0.0.0.0");

    private final String section;
    private final Said said;
    private final Problems problems;
    private final P properties;
    private Set<String> fields = Set.of();
    /** Whether there may be others. */
    private boolean open;

    /**
     * Reads one, reporting the values that cannot be read and going on with their defaults.
     *
     * @param section where it is declared: {@code sluice.sinks.archive}
     */
    Declared(String section, Class<P> type, Said said, Problems problems) {
        this.section = section;
        this.said = said;
        this.problems = problems;
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(section, '.');
        this.properties =
                said.binder().bind(name, Bindable.of(type), new Reading(name)).orElseGet(() -> unsaid(type));
    }

    /** As it is when nobody says anything. */
    static <T> T unsaid(Class<T> type) {
        return new Binder().bindOrCreate("sluice", Bindable.of(type));
    }

    String name() {
        return section.substring(section.lastIndexOf('.') + 1);
    }

    P properties() {
        return properties;
    }

    /**
     * Messages may have these fields.
     *
     * @param others whether they may have any others, which nobody declares
     */
    void fields(Set<String> names, boolean others) {
        fields = names;
        open = others;
    }

    @Override
    public boolean hasField(String name) {
        return fields.contains(name) || open && RulesCheck.isFieldName(name);
    }

    @Override
    public boolean says(String key) {
        return said.isSaid(key(key));
    }

    @Override
    public boolean saysItself(String key) {
        return said.below(key(key)).stream().anyMatch(setting -> !setting.inherited() && !setting.isEmpty());
    }

    /** What was written there itself, if anything was. */
    Optional<Setting> said(String key) {
        return said.at(key(key));
    }

    @Override
    public boolean isReported(String key) {
        return problems.isExplained(key(key));
    }

    /** The line of the key or, if nobody wrote it, of the section where it would be. */
    Optional<Setting> where(String key) {
        for (String at = key(key); at.length() >= section.length(); at = Said.around(at)) {
            Optional<Setting> first = said.below(at).stream()
                    .min(Comparator.comparing(Setting::inherited)
                            .thenComparingInt(setting -> Place.line(setting.origin())));
            if (first.isPresent()) {
                return first;
            }
        }
        return Optional.empty();
    }

    @Override
    public void report(String key, IllegalArgumentException problem) {
        if (key.isEmpty() || !isReported(key)) {
            add(key, message(problem));
        }
    }

    /** What is wrong with a value; of a name, also which was most probably meant. */
    private String message(IllegalArgumentException problem) {
        if (problem instanceof UnknownNameException unknown) {
            List<String> names = Stream.concat(
                            unknown.known().stream(), fields.stream().sorted())
                    .toList();
            return Nearest.to(unknown.name(), names).map(unknown::suggesting).orElseGet(() -> unknown.listing(names));
        }
        return String.valueOf(problem.getMessage());
    }

    private void add(String key, String message) {
        Optional<Setting> written = said(key);
        problems.add(
                written.map(Setting::writtenKey).orElse(key(key)),
                message,
                written.or(() -> where(key)).map(Setting::origin).orElse(null));
    }

    private String key(String key) {
        return key.isEmpty() ? section : section + "." + key;
    }

    private final class Reading implements BindHandler {

        private final ConfigurationPropertyName declared;

        Reading(ConfigurationPropertyName declared) {
            this.declared = declared;
        }

        /** Leaves out a duration that is already known to be none. */
        @Override
        public <T> @Nullable Bindable<T> onStart(
                ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
            boolean refused = target.getType().resolve() == Duration.class && problems.isExplained(name.toString());
            return refused ? null : target;
        }

        @Override
        public @Nullable Object onFailure(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) {
            if (ListenersBindHandler.isSection(target)) {
                return ListenersBindHandler.isMeant(name) ? new Binder().bindOrCreate(name.toString(), target) : null;
            }
            String key = name.toString().substring(declared.toString().length() + 1);
            Object value = said.at(key(key)).map(Setting::value).orElse("");
            if (value.toString().isEmpty() && !name.isLastElementIndexed()) {
                return null;
            }
            problems.explain(key(key));
            add(key, UnreadableValue.describe(typeOfOne(target), value));
            // A list is read up to the first element that is not there, and those behind it may be wrong as well.
            return name.isLastElementIndexed() && typeOfOne(target) == Cidr.class ? SOME_ADDRESS : null;
        }

        /** Of a list that is written as one value, the type of its elements. */
        private static Class<?> typeOfOne(Bindable<?> target) {
            ResolvableType element = target.getType().asCollection();
            return (element == ResolvableType.NONE ? target.getType() : element.getGeneric()).resolve(Object.class);
        }
    }
}
