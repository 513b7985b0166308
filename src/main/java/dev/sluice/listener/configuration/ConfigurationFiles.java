package dev.sluice.listener.configuration;

import java.util.List;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.config.ConfigDataException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.core.env.ConfigurableEnvironment;

/** Reads the configuration other than at a start. */
public final class ConfigurationFiles {

    private ConfigurationFiles() {}

    /**
     * Adds to an environment, which may already say where to look, all that Spring Boot would read at a start, and the
     * listeners' defaults.
     *
     * @throws ConfigurationException if a file is not YAML, or one that is asked for is not there
     */
    public static void readInto(ConfigurableEnvironment environment) {
        try {
            ConfigDataEnvironmentPostProcessor.applyTo(environment);
        } catch (ConfigDataException | BindException | IllegalStateException | IllegalArgumentException ex) {
            throw new ConfigurationException(List.of(UnreadableConfiguration.problem(ex)));
        }
        ListenerDefaults.applyTo(environment);
    }
}
