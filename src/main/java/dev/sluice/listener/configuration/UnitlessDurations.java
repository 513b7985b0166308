package dev.sluice.listener.configuration;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.core.env.ConfigurableEnvironment;

/** Refuses durations without a unit: {@code timeouts.idle: 300} would be 300 ms, and hardly anybody means that. */
final class UnitlessDurations {

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+");
    private static final Pattern ZERO = Pattern.compile("[+-]?0+");
    private static final Pattern THOUSANDS = Pattern.compile("[+-]?\\d+000");

    private final Schema.Section schema;
    private final Settings settings;
    private final Problems problems;

    UnitlessDurations(Schema.Section schema, Settings settings, Problems problems) {
        this.schema = schema;
        this.settings = settings;
        this.problems = problems;
    }

    /** Looks at every duration of ours, wherever it was said. */
    void check(ConfigurableEnvironment environment) {
        for (Setting setting : settings.all()) {
            if (schema.type(setting.path()).filter(Duration.class::equals).isPresent()) {
                problem(FrameworkKeys.resolved(environment, setting.value())).ifPresent(problem -> {
                    problems.explain(Setting.key(setting.path()));
                    problems.add(setting.key(), problem, setting.origin());
                });
            }
        }
    }

    /** What is wrong with it; empty if it has a unit, needs none, or is no number. */
    static Optional<String> problem(String duration) {
        String number = duration.strip();
        if (!NUMBER.matcher(number).matches() || ZERO.matcher(number).matches()) {
            return Optional.empty();
        }
        boolean millis = THOUSANDS.matcher(number).matches();
        return Optional.of("'" + number + "' has no unit. Did you mean " + number + (millis ? "ms" : "s")
                + "? If it is " + (millis ? "seconds" : "milliseconds") + ", write " + number + (millis ? "s" : "ms"));
    }
}
