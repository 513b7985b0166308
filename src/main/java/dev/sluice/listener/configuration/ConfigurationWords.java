package dev.sluice.listener.configuration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * What an environment says, word by word, so that it can be compared with another. Immutable.
 *
 * @param sluice below {@code sluice}, by path
 * @param others what files say elsewhere, by key
 * @param overridden a line for each key of which a file's word does not count
 */
record ConfigurationWords(Map<List<String>, Word> sluice, Map<String, Word> others, List<String> overridden) {

    private static final String RANDOM = "${random.";
    private static final Schema.Section SCHEMA = Schema.of(SluiceProperties.class);

    /**
     * The word that counts of a key.
     *
     * @param value with placeholders resolved
     * @param place where it was written
     */
    record Word(String value, String place, boolean secret) {

        /** For anybody to read. */
        String shown() {
            return secret && !value.isEmpty() ? "******" : value;
        }
    }

    /** Reads an environment with which something may be wrong. */
    static ConfigurationWords of(ConfigurableEnvironment environment) {
        Settings settings = Settings.of(environment, SCHEMA);
        Map<List<String>, Word> sluice = new TreeMap<>(Comparator.comparing(Setting::key));
        for (Setting setting : settings.all()) {
            sluice.put(
                    setting.path(), new Word(value(environment, setting.value()), setting.place(), setting.isSecret()));
        }
        List<EnumerablePropertySource<?>> files = files(environment);
        return new ConfigurationWords(sluice, others(environment, files), overridden(settings, files));
    }

    /** What is random keeps its value of the start, so that it is the same as long as it is written in the same way. */
    private static String value(ConfigurableEnvironment environment, Object raw) {
        String text = raw.toString();
        return text.contains(RANDOM) ? text : FrameworkKeys.resolved(environment, text);
    }

    private static List<EnumerablePropertySource<?>> files(ConfigurableEnvironment environment) {
        List<EnumerablePropertySource<?>> files = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable
                    && source instanceof OriginLookup<?>
                    && ListenerDefaults.section(source.getName()) == null
                    && !ShippedProtocols.isOne(source.getName())) {
                files.add(enumerable);
            }
        }
        return files;
    }

    private static Map<String, Word> others(
            ConfigurableEnvironment environment, List<EnumerablePropertySource<?>> files) {
        Map<String, Word> others = new TreeMap<>();
        FrameworkKeys keys = new FrameworkKeys(environment);
        for (EnumerablePropertySource<?> file : files) {
            for (String name : file.getPropertyNames()) {
                ConfigurationPropertyName key = ConfigurationPropertyName.adapt(name, '.');
                if (key.isEmpty() || key.getElement(0, Form.UNIFORM).equals("sluice")) {
                    continue;
                }
                keys.find(key)
                        .ifPresent(word -> others.put(
                                key.toString(),
                                new Word(
                                        value(environment, word.getValue()),
                                        word.getOrigin() == null ? "" : Place.of(word.getOrigin()),
                                        Setting.isSecret(key.toString()))));
            }
        }
        return others;
    }

    /** What files say that does not count, since an argument or the environment says something else. */
    private static List<String> overridden(Settings settings, List<EnumerablePropertySource<?>> files) {
        List<String> lines = new ArrayList<>();
        Set<List<String>> told = new HashSet<>();
        for (EnumerablePropertySource<?> file : files) {
            for (String name : file.getPropertyNames()) {
                List<String> elements = Settings.elements(name);
                if (elements.isEmpty() || !elements.getFirst().equals("sluice")) {
                    continue;
                }
                List<String> path = Settings.spelled(SCHEMA, elements.subList(1, elements.size()));
                settings.at(path)
                        .filter(word -> !word.inherited() && !Place.isFile(word.origin()) && told.add(path))
                        .ifPresent(word ->
                                lines.add(word.key() + ": " + word.place() + " counts, not what the file says"));
            }
        }
        return List.copyOf(lines);
    }

    /** Returns what tells these from any others. */
    String fingerprint() {
        StringBuilder all = new StringBuilder();
        sluice.forEach((path, word) ->
                all.append(Setting.key(path)).append('=').append(word.value()).append('\0'));
        others.forEach(
                (key, word) -> all.append(key).append('=').append(word.value()).append('\0'));
        return digest(all.toString());
    }

    static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("every Java has SHA-256", ex);
        }
    }
}
