package dev.sluice.listener.configuration;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Notes on a failure to read YAML in which file it was, for {@link UnreadableFileFailureAnalyzer}, which is given the failure
 * but no environment. Runs before the listener that begins to read.
 */
final class UnreadableFileRunListener implements SpringApplicationRunListener, Ordered {

    private @Nullable ConfigurableEnvironment environment;

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void environmentPrepared(
            ConfigurableBootstrapContext bootstrapContext, ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void failed(@Nullable ConfigurableApplicationContext context, Throwable exception) {
        YAMLException failure = cause(exception);
        if (failure != null && environment != null && context == null) {
            failure.addSuppressed(new ConfigurationException(List.of(UnreadableFile.problem(failure, environment))));
            startLogging(environment);
        }
    }

    /** Not set up so early, it would print the report with all that it thinks a developer wants to see. */
    private static void startLogging(ConfigurableEnvironment environment) {
        LoggingSystem logging = LoggingSystem.get(UnreadableFileRunListener.class.getClassLoader());
        logging.getSystemProperties(environment).apply();
        logging.initialize(new LoggingInitializationContext(environment), null, null);
    }

    private static @Nullable YAMLException cause(Throwable exception) {
        for (Throwable at = exception; at != null; at = at.getCause()) {
            if (at instanceof YAMLException failure) {
                return failure;
            }
        }
        return null;
    }
}
