package dev.sluice.listener.configuration;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Keeps what a start knows before it reads any file: arguments, the environment, system properties. A reload reads the
 * files again beside them.
 */
final class LaunchSources implements EnvironmentPostProcessor, Ordered {

    private static final String NAME = "what the program was started with";

    /** Under which they are kept; says nothing itself. */
    private static final class Kept extends PropertySource<List<PropertySource<?>>> {

        Kept(List<PropertySource<?>> sources) {
            super(NAME, sources);
        }

        @Override
        public @Nullable Object getProperty(String name) {
            return null;
        }
    }

    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER - 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        MutablePropertySources sources = environment.getPropertySources();
        // Not the view of all others that Spring Boot puts in front: it is of this environment.
        sources.addLast(new Kept(sources.stream()
                .filter(source -> !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
                .toList()));
    }

    /**
     * Reads once more what a start read.
     *
     * @param running of the start
     * @throws ConfigurationException if a file is not YAML, or one that is asked for is not there
     */
    static ConfigurableEnvironment readAgain(ConfigurableEnvironment running) {
        StandardEnvironment environment = new StandardEnvironment();
        MutablePropertySources sources = environment.getPropertySources();
        if (running.getPropertySources().get(NAME) instanceof Kept kept) {
            sources.stream().map(PropertySource::getName).toList().forEach(sources::remove);
            kept.getSource().forEach(sources::addLast);
            sources.addLast(kept);
        }
        ConfigurationFiles.readInto(environment);
        return environment;
    }
}
