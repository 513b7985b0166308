package dev.sluice.listener;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The whole configuration of Sluice.
 *
 * @param defaults whatever a listener may say, said once for all; a listener's own word wins
 * @param listeners by name: {@code [a-z][a-z0-9-]{0,62}}
 */
@ConfigurationProperties("sluice")
public record SluiceProperties(
        @NestedConfigurationProperty @Nullable ListenerProperties defaults,
        @DefaultValue Map<String, ListenerProperties> listeners) {}
