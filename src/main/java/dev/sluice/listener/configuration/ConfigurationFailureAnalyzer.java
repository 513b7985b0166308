package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Reports a configuration that cannot be used, or that could not be read, unless Spring Boot has something to say of it
 * itself. What to report then, {@link UnreadableConfigurationRunListener} has left with the failure.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class ConfigurationFailureAnalyzer implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            Optional<ConfigurationException> found = Stream.concat(Stream.of(at), Stream.of(at.getSuppressed()))
                    .filter(ConfigurationException.class::isInstance)
                    .map(ConfigurationException.class::cast)
                    .findFirst();
            if (found.isPresent()) {
                return analysis(found.get());
            }
        }
        return null;
    }

    private static FailureAnalysis analysis(ConfigurationException cause) {
        List<Problem> problems = cause.problems();
        String lines =
                problems.stream().map(problem -> "    " + problem).collect(Collectors.joining(System.lineSeparator()));
        return new FailureAnalysis(
                "The configuration has " + (problems.size() == 1 ? "a problem" : problems.size() + " problems") + ":"
                        + System.lineSeparator() + System.lineSeparator() + lines,
                "Correct it and start again; 'java -jar sluice.jar check' looks at all but beans and certificates, and"
                        + " starts nothing.",
                cause);
    }
}
