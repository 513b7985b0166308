package dev.sluice.listener.configuration;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Name;

/** Which keys there can be: read off the properties records, so that it can never differ from what is bound. */
sealed interface Schema {

    /** Keys that are known by name: a record. */
    record Section(Map<String, Schema> keys) implements Schema {

        /**
         * The key as the schema spells it, for one that is written {@code maxConnections} or {@code max_connections}.
         */
        Optional<String> spelled(String written) {
            if (keys.containsKey(written)) {
                return Optional.of(written);
            }
            String uniform = uniform(written);
            return keys.keySet().stream()
                    .filter(key -> uniform(key).equals(uniform))
                    .findFirst();
        }

        Schema key(String name) {
            Schema schema = keys.get(name);
            if (schema == null) {
                throw new IllegalArgumentException("No key '" + name + "' in " + keys.keySet());
            }
            return schema;
        }
    }

    /** Entries under names that the operator chooses: a map. */
    record Entries(Schema each) implements Schema {}

    /** Several of the same kind, each with keys of its own: a list of records. */
    record Listed(Schema each) implements Schema {}

    /** Several values of the same kind: a collection. */
    record Values() implements Schema {}

    /** One value. */
    record Value(Class<?> type) implements Schema {}

    /** The keys of a record. */
    static Section of(Class<?> type) {
        Map<String, Schema> keys = new LinkedHashMap<>();
        RecordComponent[] components = type.getRecordComponents();
        Parameter[] parameters = canonical(type, components).getParameters();
        for (int i = 0; i < components.length; i++) {
            Name name = parameters[i].getAnnotation(Name.class);
            keys.put(
                    name != null ? name.value() : kebab(components[i].getName()),
                    ofType(components[i].getGenericType()));
        }
        return new Section(keys);
    }

    private static Constructor<?> canonical(Class<?> record, RecordComponent[] components) {
        try {
            return record.getDeclaredConstructor(
                    Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException ex) {
            throw new IllegalArgumentException(record + " is no record", ex);
        }
    }

    private static Schema ofType(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            Class<?> raw = (Class<?>) generic.getRawType();
            if (Map.class.isAssignableFrom(raw)) {
                return new Entries(ofType(arguments[1]));
            }
            if (Collection.class.isAssignableFrom(raw)) {
                Class<?> each = (Class<?>) arguments[0];
                return each.isRecord() ? new Listed(of(each)) : new Values();
            }
        }
        Class<?> plain = (Class<?>) type;
        return plain.isRecord() ? of(plain) : new Value(plain);
    }

    private static String kebab(String component) {
        return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** A name without what Spring Boot disregards when it compares two. */
    static String uniform(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** The end of a key, of elements below this: as the schema spells them as far as it knows them, then as written. */
    default String spelled(List<String> elements) {
        if (elements.isEmpty()) {
            return "";
        }
        String first = elements.getFirst();
        List<String> rest = elements.subList(1, elements.size());
        return switch (this) {
            case Section section
            when section.spelled(first).isPresent() -> {
                String key = section.spelled(first).orElseThrow();
                yield "." + key + section.key(key).spelled(rest);
            }
            case Entries(Schema each) -> Said.joined(first) + each.spelled(rest);
            case Listed(Schema each) -> Said.joined(first) + each.spelled(rest);
            default -> elements.stream().map(Said::joined).collect(Collectors.joining());
        };
    }

    /** The keys of everything that can be set by name, sections among it, relative to this. */
    default List<String> paths() {
        List<String> paths = new ArrayList<>();
        if (this instanceof Section(Map<String, Schema> keys)) {
            keys.forEach((name, below) -> {
                paths.add(name);
                below.paths().forEach(path -> paths.add(name + "." + path));
            });
        }
        return paths;
    }

    /**
     * The ends of all keys that have a value: {@code .*} stands for a name that the operator chooses, {@code [#]} for
     * an index.
     */
    default Stream<String> leaves() {
        return switch (this) {
            case Section(Map<String, Schema> keys) ->
                keys.entrySet().stream().flatMap(key -> key.getValue().leaves().map(leaf -> "." + key.getKey() + leaf));
            case Entries(Schema each) -> each.leaves().map(leaf -> ".*" + leaf);
            case Listed(Schema each) -> each.leaves().map(leaf -> "[#]" + leaf);
            case Values _ -> Stream.of("", "[#]");
            case Value _ -> Stream.of("");
        };
    }
}
