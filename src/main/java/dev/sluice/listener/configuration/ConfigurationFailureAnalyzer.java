package dev.sluice.listener.configuration;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports a configuration that cannot be used. */
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ConfigurationException cause) {
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
