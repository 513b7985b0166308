package dev.sluice.listener.configuration;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/**
 * One thing that somebody said, somewhere.
 *
 * @param path below {@code sluice}: as the schema spells it as far as the schema knows it, then as written; an index is
 *     an element of its own: {@code [0]}
 * @param value as written, placeholders and all
 * @param origin leads to the file and the line
 * @param source which of the environment's property sources says it
 * @param section of which section a listener has it, below {@code sluice}: the defaults or a protocol; null if it is
 *     its own
 */
record Setting(
        List<String> path,
        Object value,
        Origin origin,
        String source,
        @Nullable List<String> section) {

    private static final Pattern SECRET =
            Pattern.compile("users|.*(?:headers|authorization|password|secret|token).*", Pattern.CASE_INSENSITIVE);

    /** In full; one that is inherited is known by the key that it was written with. */
    String key() {
        return key(
                section == null
                        ? path
                        : Stream.concat(section.stream(), path.stream().skip(2)).toList());
    }

    /** Returns whether a listener has it from the defaults or from a protocol. */
    boolean inherited() {
        return section != null;
    }

    static String key(List<String> path) {
        StringBuilder key = new StringBuilder("sluice");
        for (String element : path) {
            key.append(isIndex(element) ? "" : ".").append(element);
        }
        return key.toString();
    }

    static boolean isIndex(String element) {
        return element.startsWith("[");
    }

    /** The path of the whole list, for one of its elements. */
    List<String> whole() {
        return path.stream().takeWhile(element -> !isIndex(element)).toList();
    }

    boolean isBelow(List<String> section) {
        return path.size() >= section.size() && path.subList(0, section.size()).equals(section);
    }

    /** Whether only the key is there, with nothing after it. */
    boolean isEmpty() {
        return value.toString().isEmpty();
    }

    /** Whether the value, wherever it should have been written, may be for nobody to read. */
    boolean isSecret() {
        return path.stream().anyMatch(SECRET.asMatchPredicate());
    }

    /** The same of a key that is not ours. */
    static boolean isSecret(String key) {
        return SECRET.matcher(key).matches();
    }

    String place() {
        return Place.of(origin);
    }
}
