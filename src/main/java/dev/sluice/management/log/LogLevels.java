package dev.sluice.management.log;

import dev.sluice.listener.ConfigurationReloaded;
import dev.sluice.listener.configuration.ConfigurationPlan.Key;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ApplicationListener;

/** Applies levels under {@code logging.level} that have changed with the configuration. */
public final class LogLevels implements ApplicationListener<ConfigurationReloaded> {

    private static final String PREFIX = "logging.level.";

    private final LoggingSystem logging;

    public LogLevels(LoggingSystem logging) {
        this.logging = logging;
    }

    @Override
    public void onApplicationEvent(ConfigurationReloaded event) {
        for (Key key : event.plan().others()) {
            if (key.key().startsWith(PREFIX)) {
                String name = key.key().substring(PREFIX.length());
                logging.setLogLevel(name.equalsIgnoreCase("root") ? LoggingSystem.ROOT_LOGGER_NAME : name, level(key));
            }
        }
    }

    /** As Spring Boot reads it at a start: false is off, for YAML's sake. */
    private static @Nullable LogLevel level(Key key) {
        String text = key.after();
        if (text == null || text.isEmpty()) {
            return null;
        }
        return text.equalsIgnoreCase("false") ? LogLevel.OFF : LogLevel.valueOf(text.toUpperCase(Locale.ROOT));
    }
}
