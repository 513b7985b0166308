package dev.sluice.listener.configuration;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads {@code SLUICE_LISTENERS_MYBEACON_UDP_PORT} as {@code listeners.my-beacon.udp.port}. A variable's name does not
 * tell a dash from nothing, nor (in the older form, with {@code _} for a dash) from a dot: only the schema and the
 * names of the listeners and sinks do.
 */
final class EnvironmentVariables {

    private static final String PREFIX = "SLUICE_";

    private final Schema.Section schema;
    private final Map<String, ? extends Collection<String>> names;

    /**
     * @param names of the listeners, and of the sinks, that are declared elsewhere
     */
    EnvironmentVariables(Schema.Section schema, Map<String, ? extends Collection<String>> names) {
        this.schema = schema;
        this.names = names;
    }

    /**
     * Whether it looks as if it were for us: others begin so too, as those that Kubernetes sets for a service "sluice".
     */
    boolean isOurs(String variable) {
        if (!variable.startsWith(PREFIX)) {
            return false;
        }
        String[] tokens = variable.substring(PREFIX.length()).split("_");
        return schema.keys().keySet().stream().anyMatch(key -> {
            int words = Math.min(key.split("-").length, tokens.length);
            return Nearest.distance(tokens[0], key) < 2
                    || Nearest.distance(String.join("", List.of(tokens).subList(0, words)), key) < 2;
        });
    }

    /** The path below {@code sluice}; empty if nothing is called so. */
    Optional<List<String>> path(String variable) {
        return meant(variable)
                .filter(path -> (hasEntriesWithin(path) ? names(path).subList(0, 1) : names(path)).contains(variable));
    }

    private Optional<List<String>> meant(String variable) {
        List<String> tokens = List.of(variable.substring(PREFIX.length()).split("_"));
        return path(schema, List.of(), tokens);
    }

    /** Spring Boot finds the names in a map, as of headers, only by a variable in which {@code _} never is a dash. */
    private boolean hasEntriesWithin(List<String> path) {
        return path.size() > 2
                && schema.key(path.getFirst()) instanceof Schema.Entries(Schema each)
                && leadsIntoEntries(each, path.subList(2, path.size()));
    }

    private static boolean leadsIntoEntries(Schema at, List<String> path) {
        return !path.isEmpty()
                && switch (at) {
                    case Schema.Entries _ -> true;
                    case Schema.Section section ->
                        leadsIntoEntries(section.key(path.getFirst()), path.subList(1, path.size()));
                    case Schema.Listed(Schema each) -> leadsIntoEntries(each, path.subList(1, path.size()));
                    case Schema.Values _, Schema.Value _ -> false;
                };
    }

    /** What was most probably meant, as a variable. */
    Optional<String> nearest(String variable) {
        Optional<List<String>> meant = meant(variable);
        if (meant.isPresent()) {
            return meant.map(path -> names(path).getFirst());
        }
        List<String> candidates = new ArrayList<>();
        for (List<String> path : schema.paths()) {
            candidates.add(names(path).getFirst());
        }
        schema.keys().forEach((section, below) -> {
            if (below instanceof Schema.Entries(Schema each)) {
                for (String name : names(section, variable)) {
                    for (List<String> path : each.paths()) {
                        candidates.add(names(Stream.concat(Stream.of(section, name), path.stream())
                                        .toList())
                                .getFirst());
                    }
                }
            }
        });
        return candidates.stream()
                .filter(candidate -> Nearest.distance(variable, candidate) <= 4)
                .min((a, b) -> Nearest.distance(variable, a) - Nearest.distance(variable, b));
    }

    /** The listeners or sinks that it can be about: those that are declared, and what it says itself. */
    private List<String> names(String section, String variable) {
        String[] tokens = variable.split("_");
        Stream<String> said = tokens.length > 2 ? Stream.of(tokens[2].toLowerCase(Locale.ROOT)) : Stream.of();
        return Stream.concat(declared(section).stream(), said).toList();
    }

    private Collection<String> declared(String section) {
        Collection<String> declared = names.get(section);
        return declared != null ? declared : List.of();
    }

    /** The two forms that Spring Boot looks for. */
    private static List<String> names(List<String> path) {
        String dashed = Setting.key(path).replace('.', '_').replace("[", "_").replace("]", "");
        return List.of(
                dashed.replace("-", "").toUpperCase(Locale.ROOT),
                dashed.replace('-', '_').toUpperCase(Locale.ROOT));
    }

    /**
     * @param known names in a section of such as the operator chooses
     */
    private Optional<List<String>> path(Schema schema, Collection<String> known, List<String> tokens) {
        return switch (schema) {
            case Schema.Section section -> section(section, tokens);
            case Schema.Entries(Schema each) -> entry(each, known, tokens);
            case Schema.Listed(Schema each)
            when tokens.size() > 1 && tokens.getFirst().matches("\\d+") ->
                path(each, List.of(), tokens.subList(1, tokens.size()))
                        .map(below -> join("[" + tokens.getFirst() + "]", below));
            case Schema.Values _
            when tokens.size() == 1 && tokens.getFirst().matches("\\d+") ->
                Optional.of(List.of("[" + tokens.getFirst() + "]"));
            case Schema.Listed _ -> Optional.empty();
            case Schema.Values _, Schema.Value _ -> tokens.isEmpty() ? Optional.of(List.of()) : Optional.empty();
        };
    }

    private Optional<List<String>> section(Schema.Section section, List<String> tokens) {
        for (int length = tokens.size(); length > 0; length--) {
            Optional<String> key = section.spelled(String.join("", tokens.subList(0, length)));
            if (key.isPresent()) {
                Optional<List<String>> below =
                        path(section.key(key.get()), declared(key.get()), tokens.subList(length, tokens.size()));
                if (below.isPresent()) {
                    return Optional.of(join(key.get(), below.get()));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<List<String>> entry(Schema each, Collection<String> names, List<String> tokens) {
        for (int length = tokens.size(); length > 0; length--) {
            String written = String.join("", tokens.subList(0, length));
            Optional<String> known = names.stream()
                    .filter(name -> Schema.uniform(name).equals(Schema.uniform(written)))
                    .findFirst()
                    .or(length == 1 ? () -> Optional.of(written.toLowerCase(Locale.ROOT)) : Optional::empty);
            if (known.isPresent()) {
                Optional<List<String>> below = path(each, List.of(), tokens.subList(length, tokens.size()));
                if (below.isPresent()) {
                    return Optional.of(join(known.get(), below.get()));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> join(String first, List<String> rest) {
        return Stream.concat(Stream.of(first), rest.stream()).toList();
    }
}
