package dev.sluice.client;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}, or ISO-8601's {@code PT5S}. */
final class TimeoutConverter implements ITypeConverter<Duration> {

    private static final Pattern SIMPLE = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    /** What a socket can be told: an int of milliseconds. */
    private static final Duration LONGEST = Duration.ofDays(20);

    @Override
    public Duration convert(String value) {
        Duration timeout = parse(value);
        if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST) > 0) {
            throw new TypeConversionException("'" + value + "' is not from 1ms to " + LONGEST.toHours() + "h");
        }
        return timeout;
    }

    private static Duration parse(String value) {
        Matcher simple = SIMPLE.matcher(value);
        if (simple.matches()) {
            long amount = Long.parseLong(simple.group(1));
            return switch (simple.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }
        try {
            return Duration.parse(value);
        } catch (DateTimeParseException ex) {
            throw new TypeConversionException("'" + value + "' is not a duration as 500ms, 5s, 2m or PT5S");
        }
    }

    /** As it would be typed. */
    static String format(Duration timeout) {
        long millis = timeout.toMillis();
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
