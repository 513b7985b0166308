package dev.sluice.trace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Leaves out all that makes traces where it is not said who collects them: no bean, no thread, no time at a start. */
final class TraceFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";
    private static final String[] SWITCHES = {
        "management.tracing.export.enabled", "management.tracing.export.otlp.enabled"
    };
    private static final String[] PACKAGES = {
        "org.springframework.boot.micrometer.tracing.",
        "org.springframework.boot.opentelemetry.",
        TraceFilter.class.getPackageName() + "."
    };

    private boolean traced;

    TraceFilter() {}

    @Override
    public void setEnvironment(Environment environment) {
        traced = StringUtils.hasText(environment.getProperty(ENDPOINT))
                && Arrays.stream(SWITCHES).allMatch(key -> environment.getProperty(key, Boolean.class, true));
    }

    @Override
    public boolean[] match(@Nullable String[] autoConfigurations, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[autoConfigurations.length];
        for (int i = 0; i < matches.length; i++) {
            String autoConfiguration = autoConfigurations[i];
            matches[i] = traced
                    || autoConfiguration == null
                    || Arrays.stream(PACKAGES).noneMatch(autoConfiguration::startsWith);
        }
        return matches;
    }
}
