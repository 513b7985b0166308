package dev.sluice.listener.configuration;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.config.ConfigDataException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Reads the configuration other than at a start. */
public final class ConfigurationFiles {

    private ConfigurationFiles() {}

    /**
     * Reads what a start would.
     *
     * @param file to read beside the program's own defaults; null for all that a start here would read
     * @throws ConfigurationException if a file is not YAML, or one that is asked for is not there
     */
    static ConfigurableEnvironment read(@Nullable Path file) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        RandomValuePropertySource.addToEnvironment(environment);
        if (file != null) {
            String location = "optional:classpath:/," + file.toAbsolutePath().toUri() + hint(file);
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "file that is asked for", Map.of("spring.config.location", location)));
        }
        readInto(environment);
        return environment;
    }

    /** Spring Boot goes by the extension unless it is told. */
    private static String hint(Path file) {
        return file.toString().matches(".*\\.(ya?ml|properties)") ? "" : "[.yml]";
    }

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
