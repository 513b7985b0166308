package dev.sluice.listener.configuration;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.yaml.snakeyaml.error.YAMLException;

/** Reports a file that is not YAML. */
final class UnreadableFileFailureAnalyzer extends AbstractFailureAnalyzer<YAMLException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, YAMLException cause) {
        return Stream.of(cause.getSuppressed())
                .filter(ConfigurationException.class::isInstance)
                .findFirst()
                .map(new ConfigurationFailureAnalyzer()::analyze)
                .orElse(null);
    }
}
