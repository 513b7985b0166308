package dev.sluice.listener.configuration;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Reports a configuration that could not be read, unless Spring Boot has something to say of it itself. What to report,
 * {@link UnreadableConfigurationRunListener} has left with the failure.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class UnreadableConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<Throwable> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, Throwable cause) {
        return Stream.of(cause.getSuppressed())
                .filter(ConfigurationException.class::isInstance)
                .findFirst()
                .map(explained -> new ConfigurationFailureAnalyzer().analyze(explained))
                .orElse(null);
    }
}
