package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/** The SSL bundles that are declared under {@code spring.ssl.bundle}. */
final class DeclaredBundles {

    private static final ConfigurationPropertyName BUNDLES = ConfigurationPropertyName.of("spring.ssl.bundle");
    private static final int TYPE = BUNDLES.getNumberOfElements();
    private static final int NAME = TYPE + 1;
    private static final int SECTION = NAME + 1;

    /** Without what is left empty. */
    private final List<ConfigurationPropertyName> keys;

    DeclaredBundles(Said said) {
        this.keys = said.sources()
                .filter(IterableConfigurationPropertySource.class::isInstance)
                .flatMap(source -> ((IterableConfigurationPropertySource) source)
                        .stream().filter(key -> isBundle(key) && !isEmpty(source.getConfigurationProperty(key))))
                .toList();
    }

    private static boolean isBundle(ConfigurationPropertyName key) {
        return BUNDLES.isAncestorOf(key)
                && key.getNumberOfElements() > SECTION
                && !key.getElement(TYPE, Form.UNIFORM).equals("watch");
    }

    private static boolean isEmpty(@Nullable ConfigurationProperty property) {
        return property == null || property.getValue().toString().isEmpty();
    }

    /** Reports a key whose value is the name of none. */
    void check(Declared<?> declared, String key, String name) {
        unknown(name).ifPresent(problem -> declared.report(key, problem));
    }

    /** What to say of a name if it is the name of none. */
    Optional<String> unknown(String name) {
        if (!of(name).isEmpty()) {
            return Optional.empty();
        }
        List<String> names = keys.stream()
                .map(bundle -> bundle.getElement(NAME, Form.ORIGINAL))
                .distinct()
                .toList();
        return Optional.of(
                "there is no bundle '" + name + "' under 'spring.ssl.bundle'." + Nearest.suggestion(name, names));
    }

    /** Reports a key that wants peers to show certificates if the bundle does not say which of them are trusted. */
    void checkTruststore(Declared<?> declared, String key, String name) {
        List<ConfigurationPropertyName> bundle = of(name);
        if (!bundle.isEmpty()
                && bundle.stream()
                        .noneMatch(
                                said -> said.getElement(SECTION, Form.UNIFORM).equals("truststore"))) {
            String type = bundle.getFirst().getElement(TYPE, Form.UNIFORM);
            declared.report(
                    key,
                    "bundle '" + name + "' does not say which certificates of peers to trust. Set 'spring.ssl.bundle."
                            + type + "." + name + ".truststore." + (type.equals("pem") ? "certificate'" : "location'"));
        }
    }

    private List<ConfigurationPropertyName> of(String name) {
        return keys.stream()
                .filter(key ->
                        Schema.uniform(key.getElement(NAME, Form.ORIGINAL)).equals(Schema.uniform(name)))
                .toList();
    }
}
