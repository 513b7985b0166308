package dev.sluice.listener.configuration;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.origin.Origin;

/**
 * One thing that somebody said, somewhere.
 *
 * @param key in full; below {@code sluice} as the schema spells it as far as the schema knows it, then as written
 * @param value as written, placeholders and all
 * @param origin leads to the file and the line
 * @param source which of the environment's property sources says it
 */
record Setting(String key, Object value, Origin origin, String source) {

    private static final Pattern SECRET =
            Pattern.compile("users|.*(?:headers|authorization|password|secret|token).*", Pattern.CASE_INSENSITIVE);
    private static final Pattern LISTENER = Pattern.compile("sluice\\.listeners\\.[^.\\[]+");

    /** The key that it was written with; of what a listener inherits, that of the defaults or the protocol. */
    String writtenKey() {
        return inherited() ? LISTENER.matcher(key).replaceFirst(Matcher.quoteReplacement(source)) : key;
    }

    /** Returns whether a listener has it from the defaults or from a protocol. */
    boolean inherited() {
        return ListenerDefaults.isOne(source);
    }

    boolean isBelow(String section) {
        return Said.isWithin(section, key);
    }

    /** Whether only the key is there, with nothing after it. */
    boolean isEmpty() {
        return value.toString().isEmpty();
    }

    /** Whether the value, wherever it should have been written, may be for nobody to read. */
    boolean isSecret() {
        return Said.elements(key).stream().anyMatch(SECRET.asMatchPredicate());
    }

    /** The same of a key that is not ours. */
    static boolean isSecret(String key) {
        return SECRET.matcher(key).matches();
    }

    String place() {
        return Place.of(origin);
    }
}
