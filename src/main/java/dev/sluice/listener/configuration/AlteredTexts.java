package dev.sluice.listener.configuration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Finds texts without quotes that YAML takes for something else and that come out changed: the password {@code 0123} would be
 * 83. Only what it became is handed on; what was written is looked up where it stands.
 */
final class AlteredTexts {

    private static final Pattern UNQUOTED = Pattern.compile("[-+.\\w:]+");
    private static final Pattern PASSWORD = Pattern.compile("(?!sluice\\.).*password", Pattern.CASE_INSENSITIVE);

    private final Schema.Section schema;
    private final Settings settings;
    private final Problems problems;

    AlteredTexts(Schema.Section schema, Settings settings, Problems problems) {
        this.schema = schema;
        this.settings = settings;
        this.problems = problems;
    }

    /** Looks at all of our own texts, and at the passwords of others. */
    void check(ConfigurableEnvironment environment) {
        for (Setting setting : settings.all()) {
            if (!setting.inherited()
                    && schema.type(setting.path()).filter(String.class::equals).isPresent()) {
                check(setting.key(), setting.value(), setting.origin(), setting.isSecret());
            }
        }
        FrameworkKeys keys = new FrameworkKeys(environment);
        Set<ConfigurationPropertyName> seen = new HashSet<>();
        environment.getPropertySources().forEach(source -> {
            if (source instanceof EnumerablePropertySource<?> properties && source instanceof OriginLookup<?>) {
                for (String key : properties.getPropertyNames()) {
                    ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
                    if (PASSWORD.matcher(key).matches() && seen.add(name)) {
                        keys.find(name).ifPresent(word -> check(key, word));
                    }
                }
            }
        });
    }

    private void check(String key, ConfigurationProperty word) {
        if (word.getOrigin() != null) {
            check(key, word.getValue(), word.getOrigin(), true);
        }
    }

    private void check(String key, Object value, Origin origin, boolean secret) {
        if (value instanceof Number || value instanceof Boolean) {
            written(origin)
                    .filter(text -> !text.equals(value.toString()) && value.equals(read(text)))
                    .ifPresent(text -> problems.add(
                            key,
                            (secret ? "is not to YAML what is written there" : text + " is to YAML " + value)
                                    + ". Put it in quotes",
                            origin));
        }
    }

    private static @Nullable Object read(String text) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    }

    private static Optional<String> written(Origin origin) {
        return switch (origin) {
            case PropertySourceOrigin wrapper when wrapper.getOrigin() != null -> written(wrapper.getOrigin());
            case TextResourceOrigin text when text.getLocation() != null -> written(text, text.getLocation());
            default -> Optional.empty();
        };
    }

    private static Optional<String> written(TextResourceOrigin origin, TextResourceOrigin.Location location) {
        if (origin.getResource() == null) {
            return Optional.empty();
        }
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(origin.getResource().getInputStream(), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .skip(location.getLine())
                    .findFirst()
                    .filter(line -> line.codePointCount(0, line.length()) > location.getColumn())
                    .map(line -> UNQUOTED.matcher(line.substring(line.offsetByCodePoints(0, location.getColumn()))))
                    .filter(Matcher::lookingAt)
                    .map(Matcher::group);
        } catch (IOException ex) {
            return Optional.empty(); // gone since, and nobody can tell
        }
    }
}
