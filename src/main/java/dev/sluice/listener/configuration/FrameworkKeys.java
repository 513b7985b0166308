package dev.sluice.listener.configuration;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;

/** What is said under keys that are not ours. */
final class FrameworkKeys {

    private final ConfigurableEnvironment environment;

    FrameworkKeys(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    /** The word that counts, as written. */
    Optional<ConfigurationProperty> find(String key) {
        return find(ConfigurationPropertyName.of(key));
    }

    Optional<ConfigurationProperty> find(ConfigurationPropertyName name) {
        return StreamSupport.stream(
                        ConfigurationPropertySources.from(environment.getPropertySources())
                                .spliterator(),
                        false)
                .map(source -> source.getConfigurationProperty(name))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** With its placeholders resolved as far as they can be; empty if nobody says anything. */
    String text(String key) {
        return find(key)
                .map(property -> resolved(environment, property.getValue()))
                .orElse("")
                .strip();
    }

    /** The text of a value with its placeholders resolved as far as they can be. */
    static String resolved(ConfigurableEnvironment environment, Object value) {
        String text = value.toString();
        try {
            return environment.resolvePlaceholders(text);
        } catch (IllegalArgumentException ex) {
            return text; // it leads back to itself
        }
    }

    @Nullable
    Origin origin(String key) {
        return find(key).map(ConfigurationProperty::getOrigin).orElse(null);
    }
}
