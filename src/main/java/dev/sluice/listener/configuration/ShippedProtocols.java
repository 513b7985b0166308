package dev.sluice.listener.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The protocols that come with the program: {@code protocols/<name>.yml} in the jar, or in one of {@code extensions/}.
 * Each is read only if a listener names it and the operator does not declare it.
 */
final class ShippedProtocols {

    private static final String SOURCE = "protocol that comes with Sluice: ";
    private static final String FOLDER = "protocols/";
    private static final String EXTENSION = ".yml";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    private ShippedProtocols() {}

    /** Adds those that are named and not declared. */
    static void load(Set<String> named, Collection<String> declared, ConfigurableEnvironment environment) {
        for (String name : named) {
            if (!declared.contains(name) && NAME.matcher(name).matches()) {
                Resource file = new ClassPathResource(FOLDER + name + EXTENSION);
                if (file.exists()) {
                    read(name, file).forEach(environment.getPropertySources()::addLast);
                }
            }
        }
    }

    private static List<PropertySource<?>> read(String name, Resource file) {
        try {
            return new ConfigurationYaml().load(SOURCE + name, file);
        } catch (IOException ex) {
            throw new UncheckedIOException("protocol '" + name + "' cannot be read", ex);
        }
    }

    /** Returns whether a property source is one of these. */
    static boolean isOne(String source) {
        return source.startsWith(SOURCE);
    }

    /** The names of all, in order. */
    static List<String> names() {
        try {
            return Stream.of(new PathMatchingResourcePatternResolver()
                            .getResources("classpath*:" + FOLDER + "*" + EXTENSION))
                    .map(Resource::getFilename)
                    .filter(name -> name != null)
                    .map(name -> name.substring(0, name.length() - EXTENSION.length()))
                    .sorted()
                    .toList();
        } catch (IOException ex) {
            throw new UncheckedIOException("the protocols of the program cannot be listed", ex);
        }
    }
}
