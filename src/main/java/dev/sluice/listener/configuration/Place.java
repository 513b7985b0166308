package dev.sluice.listener.configuration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.Resource;

/** Where something was written, in words that an operator finds it by. */
final class Place {

    private static final Pattern CLASS_PATH = Pattern.compile("class path resource \\[(.+)]");

    private Place() {}

    static String of(Origin origin) {
        return switch (written(origin)) {
            case PropertySourceOrigin named -> of(named.getPropertySource(), named.getPropertyName());
            case TextResourceOrigin text
            when text.getResource() != null ->
                of(text.getResource()) + (text.getLocation() != null ? ":" + (line(text) + 1) : "");
            case SystemEnvironmentOrigin variable -> "environment variable " + variable.getProperty();
            case Origin other -> other.toString();
        };
    }

    static boolean isFile(Origin origin) {
        return written(origin) instanceof TextResourceOrigin;
    }

    /** Without the property source around it. */
    private static Origin written(Origin origin) {
        return origin instanceof PropertySourceOrigin wrapper && wrapper.getOrigin() != null
                ? written(wrapper.getOrigin())
                : origin;
    }

    private static String of(PropertySource<?> source, String property) {
        if (source instanceof CommandLinePropertySource) {
            return "command line: --" + property;
        }
        if (source instanceof SystemEnvironmentPropertySource) {
            return "environment variable " + property;
        }
        if (StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME.equals(source.getName())) {
            return "system property " + property;
        }
        return source.getName();
    }

    /** The path of a file, relative to the working directory if it is below it. */
    static String of(Resource resource) {
        Matcher classPath = CLASS_PATH.matcher(resource.getDescription());
        if (classPath.find()) {
            return "classpath:" + classPath.group(1);
        }
        try {
            if (resource.isFile()) {
                return of(resource.getFile().toPath());
            }
        } catch (IOException ex) {
            // a resource that only looked like a file has a description all the same
        }
        return resource.getDescription();
    }

    static String of(Path file) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = file.toAbsolutePath().normalize();
        return (absolute.startsWith(here) ? here.relativize(absolute) : absolute).toString();
    }

    /** From 0; something without lines is on the first. */
    static int line(@Nullable Origin origin) {
        return origin != null && written(origin) instanceof TextResourceOrigin text && text.getLocation() != null
                ? text.getLocation().getLine()
                : 0;
    }
}
