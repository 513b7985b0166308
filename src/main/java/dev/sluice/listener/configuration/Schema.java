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

    /** Several values: a collection. */
    record Values(Class<?> each) implements Schema {}

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
                return each.isRecord() ? new Listed(of(each)) : new Values(each);
            }
        }
        Class<?> plain = (Class<?>) type;
        return plain.isRecord() ? of(plain) : new Value(plain);
    }

    private static String kebab(String component) {
        return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /**
     * The type of what is written at a path below this, of one element if there may be several; empty if nothing is
     * known of it.
     */
    default Optional<Class<?>> type(List<String> path) {
        return switch (this) {
            case Value(Class<?> type) -> path.isEmpty() ? Optional.of(type) : Optional.empty();
            case Values(Class<?> each) -> Optional.of(each);
            case Entries(Schema each) -> path.isEmpty() ? Optional.empty() : each.type(path.subList(1, path.size()));
            case Listed(Schema each) -> path.isEmpty() ? Optional.empty() : each.type(path.subList(1, path.size()));
            case Section section ->
                path.isEmpty() || !section.keys().containsKey(path.getFirst())
                        ? Optional.empty()
                        : section.key(path.getFirst()).type(path.subList(1, path.size()));
        };
    }

    /** A name without what Spring Boot disregards when it compares two. */
    static String uniform(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** The paths of everything that can be set, relative to this; map entries are left out. */
    default List<List<String>> paths() {
        List<List<String>> paths = new ArrayList<>();
        if (this instanceof Section(Map<String, Schema> keys)) {
            keys.forEach((name, schema) -> {
                paths.add(List.of(name));
                for (List<String> below : schema.paths()) {
                    List<String> path = new ArrayList<>(below.size() + 1);
                    path.add(name);
                    path.addAll(below);
                    paths.add(List.copyOf(path));
                }
            });
        }
        return paths;
    }
}
