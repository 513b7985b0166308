package dev.sluice.listener.configuration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * What an environment says, word by word, so that it can be compared with another. Immutable.
 *
 * @param sluice below {@code sluice}, by key
 * @param others what files say elsewhere, by key
 * @param overridden a line for each key of which a file's word does not count
 */
record ConfigurationWords(Map<String, Word> sluice, Map<String, Word> others, List<String> overridden) {

    private static final String RANDOM = "${random.";

    /**
     * The word that counts of a key.
     *
     * @param value with placeholders resolved
     * @param place where it was written
     */
    record Word(String value, String place, boolean secret) {

        /** Returns the value as anybody may read it. */
        String shown() {
            return secret && !value.isEmpty() ? "******" : value;
        }
    }

    /** Reads an environment with which something may be wrong. */
    static ConfigurationWords of(ConfigurableEnvironment environment) {
        Said said = new Said(environment);
        Map<String, Word> sluice = new TreeMap<>();
        for (Setting setting : said.all()) {
            if (ShippedProtocols.isOne(setting.source())) {
                continue; // It is the same as long as the program runs.
            }
            sluice.put(setting.key(), new Word(value(said, setting.value()), setting.place(), setting.isSecret()));
        }
        List<EnumerablePropertySource<?>> files = files(environment);
        return new ConfigurationWords(sluice, others(said, files), overridden(said, files));
    }

    /** What is random keeps its value of the start, so that it is the same as long as it is written in the same way. */
    private static String value(Said said, Object raw) {
        String text = raw.toString();
        return text.contains(RANDOM) ? text : said.resolved(text);
    }

    private static List<EnumerablePropertySource<?>> files(ConfigurableEnvironment environment) {
        List<EnumerablePropertySource<?>> files = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable
                    && source instanceof OriginLookup<?>
                    && !ListenerDefaults.isOne(source.getName())
                    && !ShippedProtocols.isOne(source.getName())) {
                files.add(enumerable);
            }
        }
        return files;
    }

    private static Map<String, Word> others(Said said, List<EnumerablePropertySource<?>> files) {
        Map<String, Word> others = new TreeMap<>();
        for (EnumerablePropertySource<?> file : files) {
            for (String name : file.getPropertyNames()) {
                String key = ConfigurationPropertyName.adapt(name, '.').toString();
                if (!key.isEmpty() && !Said.isWithin("sluice", key)) {
                    said.find(key)
                            .ifPresent(word -> others.put(
                                    key,
                                    new Word(
                                            value(said, word.getValue()),
                                            word.getOrigin() == null ? "" : Place.of(word.getOrigin()),
                                            Setting.isSecret(key))));
                }
            }
        }
        return others;
    }

    /** What files say that does not count, since an argument or the environment says something else. */
    private static List<String> overridden(Said said, List<EnumerablePropertySource<?>> files) {
        Set<String> lines = new TreeSet<>();
        for (EnumerablePropertySource<?> file : files) {
            for (String name : file.getPropertyNames()) {
                List<String> elements = Said.elements(name);
                if (!elements.isEmpty() && elements.getFirst().equals("sluice")) {
                    said.at("sluice" + Said.SCHEMA.spelled(elements.subList(1, elements.size())))
                            .filter(word -> !word.inherited() && !Place.isFile(word.origin()))
                            .ifPresent(word ->
                                    lines.add(word.key() + ": " + word.place() + " counts, not what the file says"));
                }
            }
        }
        return List.copyOf(lines);
    }

    /** Returns what tells these from any others. */
    String fingerprint() {
        StringBuilder all = new StringBuilder();
        sluice.forEach(
                (key, word) -> all.append(key).append('=').append(word.value()).append('\0'));
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
