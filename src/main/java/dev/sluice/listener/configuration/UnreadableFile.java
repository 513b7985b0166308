package dev.sluice.listener.configuration;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Finds which file is not YAML, or has no end. The parser knows the line only, and Spring Boot passes its exception on as it is: so, once
 * reading has failed, the files that can have been read are read again until one fails in the same way.
 */
final class UnreadableFile {

    /** Where Spring Boot looks when it is not told; the reverse of the order in which one overrides another. */
    private static final List<String> LOCATIONS =
            List.of("file:./config/", "file:./", "file:./config/*/", "classpath:/config/", "classpath:/");

    private final ResourcePatternResolver resources = new PathMatchingResourcePatternResolver();
    private final YamlPropertySourceLoader yaml = new YamlPropertySourceLoader();
    private final String name;
    private final Deque<String> patterns = new ArrayDeque<>();
    private final Set<String> seen = new LinkedHashSet<>();

    private UnreadableFile(ConfigurableEnvironment environment) {
        Binder binder = Binder.get(environment);
        this.name = environment.getProperty("spring.config.name", "application");
        List<String> locations = new ArrayList<>();
        for (String key : List.of("import", "additional-location", "location")) {
            locations.addAll(
                    List.of(binder.bind("spring.config." + key, String[].class).orElse(new String[0])));
        }
        if (!environment.containsProperty("spring.config.location")) {
            locations.addAll(LOCATIONS);
        }
        locations.forEach(location -> addLocation(location, "file:"));
    }

    /** What is wrong, and in which file if that can be found. */
    static Problem problem(YAMLException failure, ConfigurableEnvironment environment) {
        return problem(new UnreadableFile(environment).find(failure), YamlMistake.of(failure));
    }

    /** Aliases are followed wherever they lead. */
    static Problem problem(StackOverflowError failure, ConfigurableEnvironment environment) {
        Resource file = new UnreadableFile(environment).find(failure);
        return problem(file, file != null ? EndlessAlias.in(file) : EndlessAlias.SOMEWHERE);
    }

    private static Problem problem(@Nullable Resource file, YamlMistake mistake) {
        return new Problem(
                (file != null ? Place.of(file) : "a configuration file")
                        + (mistake.line() > 0 ? ":" + mistake.line() : ""),
                mistake.message(),
                null);
    }

    private @Nullable Resource find(Throwable failure) {
        while (!patterns.isEmpty()) {
            for (Resource resource : resources(patterns.remove())) {
                if (seen.add(resource.getDescription()) && failsLike(failure, resource)) {
                    return resource;
                }
            }
        }
        return null;
    }

    private boolean failsLike(Throwable failure, Resource resource) {
        try {
            for (PropertySource<?> document : yaml.load(resource.getDescription(), resource)) {
                addImports(document, resource);
            }
        } catch (YAMLException | StackOverflowError ex) {
            return ex.getClass() == failure.getClass() && Objects.equals(ex.getMessage(), failure.getMessage());
        } catch (IOException ex) {
            // a file that cannot be opened fails otherwise
        }
        return false;
    }

    private void addImports(PropertySource<?> document, Resource importing) throws IOException {
        if (document instanceof EnumerablePropertySource<?> properties) {
            String base = importing.getURL().toString().replaceFirst("[^/]*$", "");
            for (String property : properties.getPropertyNames()) {
                if (property.startsWith("spring.config.import")) {
                    addLocation(String.valueOf(properties.getProperty(property)), base);
                }
            }
        }
    }

    private void addLocation(String locations, String base) {
        for (String each : locations.split("[;,]")) {
            String location = each.strip().replaceFirst("^optional:", "").replaceFirst("\\[\\.\\w+]$", "");
            String full = location.matches("\\w{2,}:.*")
                    ? location
                    : location.startsWith("/") ? "file:" + location : base + location;
            if (full.endsWith("/")) {
                Stream.of("yml", "yaml").forEach(extension -> patterns.add(full + name + "*." + extension));
            } else {
                patterns.add(full);
                patterns.add(full.replaceFirst("(\\.ya?ml)$", "-*$1"));
            }
        }
    }

    private List<Resource> resources(String pattern) {
        try {
            return Stream.of(resources.getResources(pattern))
                    .filter(Resource::isReadable)
                    .toList();
        } catch (IOException ex) {
            return List.of();
        }
    }
}
