package dev.sluice.listener.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/** A configuration with which nothing is wrong, as it was when it was read. Immutable. */
public final class ConfigurationSnapshot {

    private final ConfigurableEnvironment environment;
    private final ConfigurationWords words;
    private final SluiceProperties properties;

    /**
     * A key of a listener as it counts.
     *
     * @param key below the listener's name
     * @param origin where it was written
     */
    public record Effective(String key, String value, String origin) {}

    private ConfigurationSnapshot(ConfigurableEnvironment environment, SluiceProperties properties) {
        this.environment = environment;
        this.words = ConfigurationWords.of(environment);
        this.properties = properties;
    }

    /** Makes one of the environment that a start has read and checked, and what was bound of it. */
    public static ConfigurationSnapshot of(ConfigurableEnvironment environment, SluiceProperties properties) {
        return new ConfigurationSnapshot(environment, properties);
    }

    /**
     * Reads what a start would read now, and checks it as a start would.
     *
     * @param beans that replies and sinks may name
     * @throws ConfigurationException if anything is wrong
     */
    public ConfigurationSnapshot readAgain(ListableBeanFactory beans) {
        ConfigurableEnvironment read = LaunchSources.readAgain(environment);
        ConfigurationCheck.require(read);
        BeanCheck.require(read, beans);
        return new ConfigurationSnapshot(read, SluiceBinding.bind(read));
    }

    /** Returns what tells this one from any other that says something else. */
    public String fingerprint() {
        return words.fingerprint();
    }

    /** Returns the fingerprint of what a start would read now, whatever may be wrong with it. */
    public String fingerprintNow() {
        try {
            return ConfigurationWords.of(LaunchSources.readAgain(environment)).fingerprint();
        } catch (ConfigurationException ex) {
            return ConfigurationWords.digest(
                    ex.problems().stream().map(Problem::toString).collect(Collectors.joining("\n")));
        }
    }

    public SluiceProperties properties() {
        return properties;
    }

    /** Where it was read from, for what is not Sluice's own. */
    public ConfigurableEnvironment environment() {
        return environment;
    }

    ConfigurationWords words() {
        return words;
    }

    /** Returns what is said of a listener, its own words and those of defaults and its protocol. */
    public List<Effective> listener(String name) {
        String section = "sluice.listeners." + name;
        List<Effective> keys = new ArrayList<>();
        words.sluice().forEach((key, word) -> {
            if (Said.isWithin(section, key) && key.length() > section.length()) {
                keys.add(new Effective(key.substring(section.length() + 1), word.shown(), word.place()));
            }
        });
        return keys;
    }
}
