package dev.sluice.listener.configuration;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.OriginProvider;

/** What can end the reading of a configuration, besides what {@link ConfigurationYaml} finds wrong with a file. */
final class UnreadableConfiguration {

    private UnreadableConfiguration() {}

    /**
     * Returns whether somebody who wrote the configuration, rather than a program, is at fault; Spring Boot knows no
     * more either.
     */
    static boolean isLikely(Throwable failure) {
        return failure instanceof IllegalStateException || failure instanceof IllegalArgumentException;
    }

    static Problem problem(Throwable failure) {
        return new Problem("spring.config", messages(failure), place(failure));
    }

    private static @Nullable String place(Throwable failure) {
        return failure instanceof OriginProvider provider && provider.getOrigin() != null
                ? Place.of(provider.getOrigin())
                : null;
    }

    /** On one line, each said once. */
    private static String messages(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            String message =
                    String.valueOf(at.getMessage()).replaceAll("\\s+", " ").strip();
            if (messages.stream().noneMatch(said -> said.contains(message))) {
                messages.add(message);
            }
        }
        return String.join(": ", messages);
    }
}
