package dev.sluice.listener.configuration;

import dev.sluice.listener.SluiceProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;

/** Finds everything that is wrong with a configuration, without opening a port or creating a bean. */
public final class ConfigurationCheck {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    private final Problems problems = new Problems();
    private final Settings settings;
    private final List<DeclaredListener> listeners = new ArrayList<>();

    private ConfigurationCheck(ConfigurableEnvironment environment) {
        Schema.Section schema = Schema.of(SluiceProperties.class);
        this.settings = Settings.of(environment, schema);
        new UnknownKeys(schema, settings, problems).check();
        Binder binder = Binder.get(environment);
        if (!settings.below(List.of("defaults")).isEmpty()) {
            new DeclaredListener(List.of("defaults"), binder, settings, problems);
        }
        for (String name : settings.listeners()) {
            listeners.add(new DeclaredListener(List.of("listeners", name), binder, settings, problems));
        }
        listeners.forEach(this::checkName);
        listeners.forEach(listener -> {
            new TransportRules(listener).check();
            new FramingRules(listener).check();
            new TextRules(listener).check();
        });
        new PortConflicts(listeners).check();
    }

    /**
     * @param environment that has been read, with {@link ListenerDefaults} applied
     * @return what is wrong, in the order of the configuration; nothing if it can be used
     */
    public static List<Problem> problems(ConfigurableEnvironment environment) {
        return new ConfigurationCheck(environment).problems.inOrder();
    }

    /**
     * @throws ConfigurationException if anything is wrong
     */
    public static void require(ConfigurableEnvironment environment) {
        List<Problem> problems = problems(environment);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private void checkName(DeclaredListener listener) {
        String name = listener.name();
        if (!NAME.matcher(name).matches()) {
            listener.report(
                    "",
                    "a listener's name is a lower-case letter and up to 62 lower-case letters, digits and dashes"
                            + cure(name));
        }
        for (DeclaredListener other : listeners) {
            if (other == listener) {
                return;
            }
            if (Schema.uniform(other.name()).equals(Schema.uniform(name))) {
                listener.report(
                        "", "is the same name as '" + other.name() + "' but for case and dashes. Choose another");
            }
        }
    }

    private static String cure(String name) {
        String valid =
                name.replaceAll("[^A-Za-z0-9-]+", "-").toLowerCase(Locale.ROOT).replaceAll("-+$", "");
        return NAME.matcher(valid).matches() ? ". Write '" + valid + "'" : "";
    }
}
