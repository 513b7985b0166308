package dev.sluice.listener.configuration;

import java.util.List;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;

/** The SSL bundles that are declared under {@code spring.ssl.bundle}. */
final class DeclaredBundles {

    private static final ConfigurationPropertyName BUNDLES = ConfigurationPropertyName.of("spring.ssl.bundle");
    /** Where the name stands: behind the type. */
    private static final int DEPTH = BUNDLES.getNumberOfElements() + 1;

    private final List<String> names;

    DeclaredBundles(ConfigurableEnvironment environment) {
        this.names = StreamSupport.stream(
                        ConfigurationPropertySources.from(environment.getPropertySources())
                                .spliterator(),
                        false)
                .filter(IterableConfigurationPropertySource.class::isInstance)
                .flatMap(source -> ((IterableConfigurationPropertySource) source).stream())
                .filter(key -> BUNDLES.isAncestorOf(key) && key.getNumberOfElements() > DEPTH)
                .map(key -> key.getElement(DEPTH, Form.ORIGINAL))
                .distinct()
                .toList();
    }

    /** Reports a key whose value is the name of none. */
    void check(Declared<?> declared, String key, String name) {
        if (names.stream().noneMatch(other -> Schema.uniform(other).equals(Schema.uniform(name)))) {
            declared.report(
                    key,
                    "there is no bundle '" + name + "' under 'spring.ssl.bundle'." + Nearest.suggestion(name, names));
        }
    }
}
