package dev.sluice.listener.configuration;

import dev.sluice.memory.MemoryLimit;
import dev.sluice.transport.Cidr;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** Says of a value that cannot be what it should be, what it should be. */
final class UnreadableValue {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:}]+)}");
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+");
    private static final Pattern ZERO = Pattern.compile("[+-]?0+");
    private static final Pattern THOUSANDS = Pattern.compile("[+-]?\\d+000");
    private static final Map<Class<?>, String> EXPECTED = Map.of(
            Integer.class, "a whole number",
            Long.class, "a whole number",
            Boolean.class, "true or false",
            Duration.class, "a duration such as 500ms, 30s, 5m or 1h",
            DataSize.class, "a size such as 512B, 64KB or 1MB");

    private UnreadableValue() {}

    static String describe(Class<?> type, Object value) {
        Matcher placeholder = PLACEHOLDER.matcher(value.toString());
        if (placeholder.find()) {
            return "nothing sets '" + placeholder.group(1) + "', which its value " + value + " asks for";
        }
        if (type == Cidr.class) {
            return describeRanges(value.toString());
        }
        String written = "'" + value + "' is not ";
        if (type == MemoryLimit.class) {
            return written + describeLimit(value.toString());
        }
        if (type.isEnum()) {
            List<String> constants = constants(type);
            return written + "one of " + String.join(", ", constants) + "."
                    + Nearest.suggestion(value.toString(), constants);
        }
        if (type == Charset.class) {
            return written + "a character set that this Java knows."
                    + Nearest.suggestion(
                            value.toString(), Charset.availableCharsets().keySet());
        }
        Class<?> wrapper = ClassUtils.resolvePrimitiveIfNecessary(type);
        if (wrapper == Integer.class && NUMBER.matcher(value.toString()).matches()) {
            return value + " is beyond every number that this can be";
        }
        return written + EXPECTED.getOrDefault(wrapper, "a " + type.getSimpleName());
    }

    private static String describeLimit(String limit) {
        try {
            MemoryLimit.valueOf(limit);
        } catch (IllegalArgumentException ex) {
            String why = String.valueOf(ex.getMessage());
            return why.startsWith("a share") ? "within range: " + why : "a share such as 40%, or a size such as 100MB";
        }
        return "a share of the heap, or a size";
    }

    /** Of several, separated by commas, the first that is none. */
    private static String describeRanges(String ranges) {
        for (String range : ranges.split(",", -1)) {
            try {
                Cidr.of(range.strip());
            } catch (IllegalArgumentException ex) {
                return "'" + range.strip() + "' is not an address range: " + ex.getMessage();
            }
        }
        return "'" + ranges + "' is not a list of address ranges";
    }

    /** As an operator writes them. */
    private static List<String> constants(Class<?> type) {
        return Stream.of(type.getEnumConstants())
                .map(constant ->
                        ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
    }

    /**
     * Says what is wrong with a duration without a unit: {@code timeouts.idle: 300} would be 300 ms, and hardly anybody
     * means that. Empty if it has one, needs none, or is no number.
     */
    static Optional<String> unitless(String duration) {
        String number = duration.strip();
        if (!NUMBER.matcher(number).matches() || ZERO.matcher(number).matches()) {
            return Optional.empty();
        }
        boolean millis = THOUSANDS.matcher(number).matches();
        return Optional.of("'" + number + "' has no unit. Did you mean " + number + (millis ? "ms" : "s")
                + "? If it is " + (millis ? "seconds" : "milliseconds") + ", write " + number + (millis ? "s" : "ms"));
    }
}
