package dev.sluice.management;

import java.time.Duration;
import java.util.regex.Pattern;
import org.springframework.boot.convert.DurationStyle;

/** A duration as a caller writes it. One without a unit would be taken for milliseconds, so that it has to have one. */
final class WrittenDuration {

    private static final Pattern WITH_UNIT = Pattern.compile("\\d+[a-z]+");

    private WrittenDuration() {}

    /**
     * Reads it.
     *
     * @param name of what it is given for
     * @throws Refused saying what is wrong with it, and what would be right
     */
    static Duration of(String name, String text) {
        try {
            if (WITH_UNIT.matcher(text).matches()) {
                return DurationStyle.SIMPLE.parse(text);
            }
        } catch (IllegalArgumentException | ArithmeticException _) {
            // An unknown unit, or too many of them: as wrong as none.
        }
        throw Refused.badRequest(
                "'" + name + "' is '" + text + "', which is no time with its unit. Write one such as 30s, 5m or 2h");
    }
}
