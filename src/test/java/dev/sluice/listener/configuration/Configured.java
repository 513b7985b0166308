package dev.sluice.listener.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.support.SystemEnvironmentPropertySourceEnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** An environment as a start would find it, without the machine's own variables. */
final class Configured {

    private final ConfigurableEnvironment environment = new StandardEnvironment() {
        @Override
        public Map<String, Object> getSystemEnvironment() {
            return Map.of();
        }
    };

    private Configured() {}

    /** By YAML; its origins are called {@code application.yml}. */
    static Configured by(String yaml) {
        Configured configured = new Configured();
        try {
            new ConfigurationYaml()
                    .load(
                            "application.yml",
                            new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yml") {
                                @Override
                                public String getDescription() {
                                    return "application.yml";
                                }
                            })
                    .reversed()
                    .forEach(configured.environment.getPropertySources()::addLast);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return configured;
    }

    Configured withVariables(Map<String, Object> variables) {
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        new SystemEnvironmentPropertySourceEnvironmentPostProcessor()
                .postProcessEnvironment(environment, new SpringApplication());
        return this;
    }

    Configured withArguments(String... arguments) {
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
        return this;
    }

    ConfigurableEnvironment environment() {
        ListenerDefaults.applyTo(environment);
        return environment;
    }

    List<String> problems() {
        return ConfigurationCheck.problems(environment()).stream()
                .map(Problem::toString)
                .toList();
    }

    /** As bound at a start; nothing may be wrong. */
    SluiceProperties properties() {
        ConfigurationCheck.require(environment());
        return SluiceBinding.bind(environment);
    }

    ListenerProperties listener(String name) {
        return properties().listeners().get(name);
    }
}
