package dev.sluice.sink;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves out what Spring Boot would configure for kinds of sinks that nobody has declared, so that a start without
 * them neither takes their time nor fails for want of, say, a database's URL. Kafka is also configured for listeners
 * that ask back-ends, and for replicas.
 */
final class SinkAutoConfigurationFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final ConfigurationPropertyName SINKS = ConfigurationPropertyName.of("sluice.sinks");
    private static final ConfigurationPropertyName CLUSTER = ConfigurationPropertyName.of("sluice.cluster");
    private static final ConfigurationPropertyName LISTENERS = ConfigurationPropertyName.of("sluice.listeners");
    private static final ConfigurationPropertyName DEFAULTS = ConfigurationPropertyName.of("sluice.defaults");
    private static final ConfigurationPropertyName REPLY_TYPE = ConfigurationPropertyName.of("reply.type");

    /** A kind of sink, and the packages whose auto-configurations serve it alone. */
    private enum Kind {
        KAFKA("org.springframework.boot.kafka."),
        AMQP("org.springframework.boot.amqp."),
        JDBC(
                "org.springframework.boot.jdbc.",
                "org.springframework.boot.transaction.",
                "org.springframework.boot.persistence.");

        private final String[] packages;

        Kind(String... packages) {
            this.packages = packages;
        }

        private boolean configures(String autoConfiguration) {
            return Arrays.stream(packages).anyMatch(autoConfiguration::startsWith);
        }
    }

    private final Set<Kind> undeclared = EnumSet.allOf(Kind.class);

    SinkAutoConfigurationFilter() {}

    @Override
    public void setEnvironment(Environment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource names) {
                names.filter(SINKS::isAncestorOf).forEach(key -> undeclared.removeIf(kind -> declares(key, kind)));
                if (names.stream().anyMatch(key -> CLUSTER.isAncestorOf(key) || asksBackEnd(key, names))) {
                    undeclared.remove(Kind.KAFKA);
                }
            }
        }
    }

    /**
     * Whether a key is one of a sink of this kind. A variable does not tell a dash in the sink's name from a dot, so
     * that there the kind may stand at any place behind the name: to configure too much does no harm.
     */
    private static boolean declares(ConfigurationPropertyName key, Kind kind) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        for (int i = SINKS.getNumberOfElements() + 1; i < key.getNumberOfElements(); i++) {
            if (key.getElement(i, Form.UNIFORM).equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a key has the messages of listeners answered over Kafka. What a placeholder stands for is not known. */
    private static boolean asksBackEnd(ConfigurationPropertyName key, ConfigurationPropertySource source) {
        if (!LISTENERS.isAncestorOf(key) && !DEFAULTS.isAncestorOf(key)
                || key.getNumberOfElements() < 4
                || !key.subName(key.getNumberOfElements() - 2).equals(REPLY_TYPE)) {
            return false;
        }
        ConfigurationProperty property = source.getConfigurationProperty(key);
        String type = property == null ? "" : String.valueOf(property.getValue());
        return type.equalsIgnoreCase("kafka") || type.contains("${");
    }

    @Override
    public boolean[] match(@Nullable String[] autoConfigurations, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[autoConfigurations.length];
        for (int i = 0; i < matches.length; i++) {
            String autoConfiguration = autoConfigurations[i];
            matches[i] = autoConfiguration == null
                    || undeclared.stream().noneMatch(kind -> kind.configures(autoConfiguration));
        }
        return matches;
    }
}
