package dev.sluice.listener.configuration;

import dev.sluice.device.ClusterProperties;
import dev.sluice.memory.MemoryProperties;
import dev.sluice.request.RepliesProperties;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The whole configuration of Sluice.
 *
 * @param dataDirectory of the spools; made if it is not there, and used by one process at a time
 * @param memory how much of it the program takes on behalf of peers
 * @param cluster whether it is one of several replicas; alone if absent
 * @param reload when the files are read again
 * @param defaults whatever a listener may say, said once for all; a listener's own word wins
 * @param listeners by name: {@code [a-z][a-z0-9-]{0,62}}
 * @param sinks destinations by name
 * @param protocols what devices speak, by the name that listeners call it by
 * @param replies where back-ends answer the requests of listeners
 * @param users who may use the management endpoints, by name, besides the one of {@code spring.security.user}
 */
@ConfigurationProperties("sluice")
public record SluiceProperties(
        @DefaultValue("data") Path dataDirectory,
        @NestedConfigurationProperty @DefaultValue MemoryProperties memory,
        @NestedConfigurationProperty @Nullable ClusterProperties cluster,
        @NestedConfigurationProperty @DefaultValue ReloadProperties reload,
        @NestedConfigurationProperty @Nullable ListenerProperties defaults,
        @DefaultValue Map<String, ListenerProperties> listeners,
        @DefaultValue Map<String, SinkProperties> sinks,
        @DefaultValue Map<String, ProtocolProperties> protocols,
        @NestedConfigurationProperty @DefaultValue RepliesProperties replies,
        @DefaultValue Map<String, UserProperties> users) {}
