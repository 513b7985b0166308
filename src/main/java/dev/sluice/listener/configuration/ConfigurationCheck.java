package dev.sluice.listener.configuration;

import dev.sluice.memory.MemoryProperties;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;

/** Finds everything that is wrong with a configuration, without opening a port or creating a bean. */
public final class ConfigurationCheck {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    private final Problems problems = new Problems();
    private final Settings settings;
    private final List<Declared<ListenerProperties>> listeners = new ArrayList<>();
    private final List<Declared<SinkProperties>> sinks = new ArrayList<>();
    private final List<Declared<ProtocolProperties>> protocols = new ArrayList<>();
    private final List<Declared<UserProperties>> users = new ArrayList<>();

    private ConfigurationCheck(ConfigurableEnvironment environment) {
        Schema.Section schema = Schema.of(SluiceProperties.class);
        this.settings = Settings.of(environment, schema);
        new UnknownKeys(schema, settings, problems).check();
        new UnitlessDurations(schema, settings, problems).check(environment);
        new BareDollars(settings, problems).check();
        new EmptyRules(settings, problems).check();
        Binder binder = Binder.get(environment);
        new Declared<>(List.of("memory"), MemoryProperties.class, binder, settings, problems);
        if (!settings.below(List.of("defaults")).isEmpty()) {
            ListenerRules.checkAccess(
                    new Declared<>(List.of("defaults"), ListenerProperties.class, binder, settings, problems));
        }
        for (String name : settings.listeners()) {
            listeners.add(
                    new Declared<>(List.of("listeners", name), ListenerProperties.class, binder, settings, problems));
        }
        Set<String> sinkNames = settings.names("sinks");
        for (String name : sinkNames) {
            sinks.add(new Declared<>(List.of("sinks", name), SinkProperties.class, binder, settings, problems));
        }
        for (String name : settings.names("protocols")) {
            protocols.add(
                    new Declared<>(List.of("protocols", name), ProtocolProperties.class, binder, settings, problems));
        }
        for (String name : settings.names("users")) {
            users.add(new Declared<>(List.of("users", name), UserProperties.class, binder, settings, problems));
        }
        listeners.forEach(listener -> checkName("listener", listener, listeners));
        sinks.forEach(sink -> checkName("sink", sink, sinks));
        users.forEach(user -> checkName("user", user, users));
        protocols.forEach(protocol -> checkName("protocol", protocol, protocols));
        ProtocolRules rules = new ProtocolRules(protocols);
        rules.check(sinkNames);
        for (Declared<ListenerProperties> listener : listeners) {
            new ListenerRules(listener, sinkNames, environment).check();
            rules.check(listener, sinkNames);
        }
        for (Declared<SinkProperties> sink : sinks) {
            List<Declared<ListenerProperties>> sources = rules.sources(sink.name(), listeners);
            sink.fields(rules.fields(sources), rules.asksBean(sources));
        }
        sinks.forEach(sink -> new SinkRules(sink, environment).check());
        new FrameworkRules(environment, problems).check();
        new UserRules(users, environment, problems).check();
        new PortConflicts(new ManagementPorts(environment).all(), listeners).check();
        Path dataDirectory = binder.bind("sluice.data-directory", Path.class).orElse(Path.of("data"));
        new FileConflicts(sinks, listeners, rules, dataDirectory).check();
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

    private static <P> void checkName(String what, Declared<P> declared, List<Declared<P>> all) {
        String name = declared.name();
        if (!NAME.matcher(name).matches()) {
            declared.report(
                    "",
                    "a " + what + "'s name is a lower-case letter and up to 62 lower-case letters, digits and dashes"
                            + cure(name));
        }
        for (Declared<P> other : all) {
            if (other == declared) {
                return;
            }
            if (Schema.uniform(other.name()).equals(Schema.uniform(name))) {
                declared.report(
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
