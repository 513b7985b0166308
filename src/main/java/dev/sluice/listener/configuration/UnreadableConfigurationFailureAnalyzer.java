package dev.sluice.listener.configuration;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Reports a configuration that could not be read, unless Spring Boot has something to say of it itself. */
@Order(Ordered.LOWEST_PRECEDENCE)
final class UnreadableConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<Throwable> {

    /** By failure; not within it, since a StackOverflowError, which the JVM makes by itself, can take nothing with it. */
    private static final Map<Throwable, ConfigurationException> NOTED =
            Collections.synchronizedMap(new WeakHashMap<>());

    static void note(Throwable failure, ConfigurationException explained) {
        NOTED.put(failure, explained);
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, Throwable cause) {
        ConfigurationException explained = NOTED.remove(cause);
        return explained != null ? new ConfigurationFailureAnalyzer().analyze(explained) : null;
    }
}
