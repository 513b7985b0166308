package dev.sluice.listener.configuration;

import java.util.List;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Applies the defaults as soon as the configuration has been read, and ends a start whose log could not be written
 * before it is set up: later it would print a stack trace by itself.
 */
final class ListenerDefaultsEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 10;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        ListenerDefaults.applyTo(environment);
        Problems problems = new Problems();
        new FrameworkRules(new Said(environment), problems).checkLogFormats();
        List<Problem> found = problems.inOrder();
        if (!found.isEmpty()) {
            throw new ConfigurationException(found);
        }
    }
}
