package dev.sluice.listener.configuration;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.AbstractEnvironment;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Notes on a failure to read the configuration what it was and where, for {@link
 * ConfigurationFailureAnalyzer}, which is given the failure but no environment. Runs before the listener that
 * begins to read.
 */
final class UnreadableConfigurationRunListener implements SpringApplicationRunListener, Ordered {

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
        if (environment == null || context != null) {
            return;
        }
        if (exception instanceof ConfigurationException) {
            startLogging(new AbstractEnvironment() {}); // since what it says of logging may be what is wrong
        } else if (UnreadableConfiguration.isLikely(exception)) {
            exception.addSuppressed(new ConfigurationException(List.of(UnreadableConfiguration.problem(exception))));
            startLogging(environment);
        }
    }

    /** Not set up so early, it would print the report with all that it thinks a developer wants to see. */
    private static void startLogging(ConfigurableEnvironment environment) {
        LoggingSystem logging = LoggingSystem.get(UnreadableConfigurationRunListener.class.getClassLoader());
        logging.getSystemProperties(environment).apply();
        logging.initialize(new LoggingInitializationContext(environment), null, null);
    }
}
