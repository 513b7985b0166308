package dev.sluice.listener.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads {@code SLUICE_LISTENERS_MYBEACON_UDP_PORT} as {@code sluice.listeners.my-beacon.udp.port}. A variable's name
 * does not tell a dash from nothing, nor (in the older form, with {@code _} for a dash) from a dot: only the schema and
 * the names of the listeners and sinks do.
 */
final class EnvironmentVariables {

    private static final String PREFIX = "SLUICE_";

    private final Map<String, ? extends Collection<String>> names;

    /**
     * @param names of the listeners, and of the sinks, that are declared elsewhere
     */
    EnvironmentVariables(Map<String, ? extends Collection<String>> names) {
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
        return Said.SCHEMA.keys().keySet().stream().anyMatch(key -> {
            int words = Math.min(key.split("-").length, tokens.length);
            return Nearest.distance(tokens[0], key) < 2
                    || Nearest.distance(String.join("", List.of(tokens).subList(0, words)), key) < 2;
        });
    }

    /** The key that it sets; empty if nothing is called so. */
    Optional<String> key(String variable) {
        return Form.ALL.stream()
                .flatMap(form ->
                        form
                                .meantBy(variable, this)
                                .filter(key -> form.variables(key).contains(variable))
                                .stream())
                .findFirst();
    }

    /** " Did you mean 'X'?", as a variable, or nothing. */
    String suggestion(String variable) {
        return Form.ALL.stream()
                .flatMap(form -> form.meantBy(variable, this).stream())
                .findFirst()
                .or(() -> Form.ALL.stream()
                        .flatMap(form -> form.examples(names(form.section(), variable)))
                        .filter(key -> Nearest.distance(variable, variable(key)) <= 4)
                        .min(Comparator.comparingInt(key -> Nearest.distance(variable, variable(key)))))
                .map(key -> " Did you mean '" + variable(key) + "'?")
                .orElse("");
    }

    /** The listeners or sinks that it can be about: those that are declared, and what it says itself. */
    private Stream<String> names(String section, String variable) {
        String[] tokens = variable.split("_");
        return Stream.concat(
                declared(section).stream(),
                Stream.of(tokens).skip(2).limit(1).map(token -> token.toLowerCase(Locale.ROOT)));
    }

    private Collection<String> declared(String section) {
        Collection<String> declared = names.get(section);
        return declared != null ? declared : List.of();
    }

    private static String variable(String key) {
        return withUnderscores(key.replace("-", ""));
    }

    private static String withUnderscores(String key) {
        return key.replaceAll("[.\\[-]", "_").replace("]", "").toUpperCase(Locale.ROOT);
    }

    /**
     * A key that can be set.
     *
     * @param key with {@code *} for a name that the operator chooses, and {@code [#]} for an index
     * @param pattern of the variables that may be meant for it
     */
    private record Form(String key, Pattern pattern) {

        static final List<Form> ALL =
                Said.SCHEMA.leaves().map(leaf -> of("sluice" + leaf)).toList();

        private static Form of(String key) {
            String pattern = key.toUpperCase(Locale.ROOT)
                    .replace('.', '_')
                    .replace("-", "_?")
                    .replace("[#]", "_(\\d+)")
                    .replaceFirst("\\*", "(.+)")
                    .replace("*", "([^_]+)");
            return new Form(key, Pattern.compile(pattern));
        }

        String section() {
            return Said.elements(key).get(1);
        }

        /** The key with the names and the indices of a variable. */
        Optional<String> meantBy(String variable, EnvironmentVariables variables) {
            Matcher matcher = pattern.matcher(variable);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            String meant = key;
            for (int i = 1; i <= matcher.groupCount(); i++) {
                String written = matcher.group(i);
                Optional<String> name = (i == 1 ? variables.declared(section()) : List.<String>of())
                        .stream()
                                .filter(declared -> Schema.uniform(declared).equals(Schema.uniform(written)))
                                .findFirst();
                if (name.isEmpty() && written.contains("_")) {
                    return Optional.empty();
                }
                meant = meant.replaceFirst(
                        "[*#]", Matcher.quoteReplacement(name.orElse(written.toLowerCase(Locale.ROOT))));
            }
            return Optional.of(meant);
        }

        /**
         * The variables by which Spring Boot finds a key of this form: the names in a map, as of headers, only by one
         * in which {@code _} never is a dash.
         */
        List<String> variables(String key) {
            boolean withNamesWithin = this.key.indexOf('*') != this.key.lastIndexOf('*');
            return withNamesWithin ? List.of(variable(key)) : List.of(variable(key), withUnderscores(key));
        }

        /** What could be meant, as far as that is a question of spelling. */
        Stream<String> examples(Stream<String> names) {
            boolean named = key.contains(".*.");
            return (named ? names.map(name -> key.replaceFirst("\\*", Matcher.quoteReplacement(name))) : Stream.of(key))
                    .filter(example -> !example.contains("*") && !example.contains("#"));
        }
    }
}
