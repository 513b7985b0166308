package dev.sluice.listener.configuration;

import dev.sluice.device.ClusterProperties;
import dev.sluice.memory.MemoryProperties;
import dev.sluice.request.RepliesProperties;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.core.env.ConfigurableEnvironment;

/** Finds everything that is wrong with a configuration, without opening a port or creating a bean. */
public final class ConfigurationCheck {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    private final Problems problems = new Problems();
    private final Said said;
    private final List<Declared<ListenerProperties>> listeners;
    private final List<Declared<SinkProperties>> sinks;

    private ConfigurationCheck(ConfigurableEnvironment environment) {
        this.said = new Said(environment);
        new KeyRules(said, problems).check();
        new WrittenRules(said, problems).check();
        new Declared<>("sluice.memory", MemoryProperties.class, said, problems);
        if (said.isSaid("sluice.cluster")) {
            Declared<ClusterProperties> cluster =
                    new Declared<>("sluice.cluster", ClusterProperties.class, said, problems);
            cluster.properties().check(cluster);
        }
        Declared<RepliesProperties> replies = new Declared<>("sluice.replies", RepliesProperties.class, said, problems);
        replies.properties().check(replies);
        if (said.isSaid("sluice.defaults")) {
            ListenerRules.checkAccess(new Declared<>("sluice.defaults", ListenerProperties.class, said, problems));
        }
        this.listeners = declared("listeners", ListenerProperties.class);
        this.sinks = declared("sinks", SinkProperties.class);
        List<Declared<ProtocolProperties>> protocols = declared("protocols", ProtocolProperties.class);
        List<Declared<UserProperties>> users = declared("users", UserProperties.class);
        Set<String> sinkNames = said.names("sinks");
        listeners.forEach(listener -> checkName("listener", listener, listeners));
        sinks.forEach(sink -> checkName("sink", sink, sinks));
        users.forEach(user -> checkName("user", user, users));
        protocols.forEach(protocol -> checkName("protocol", protocol, protocols));
        ProtocolRules rules = new ProtocolRules(protocols);
        rules.check(sinkNames);
        for (Declared<ListenerProperties> listener : listeners) {
            new ListenerRules(listener, sinkNames, said).check();
            rules.check(listener, sinkNames);
        }
        for (Declared<SinkProperties> sink : sinks) {
            List<Declared<ListenerProperties>> sources = rules.sources(sink.name(), listeners);
            sink.fields(rules.fields(sink.name(), sources), rules.asksBean(sources));
        }
        sinks.forEach(sink -> new SinkRules(sink, said).check());
        new FrameworkRules(said, problems).check();
        new UserRules(users, said, problems).check();
        new PortConflicts(new ManagementPorts(said).all(), listeners).check();
        Path dataDirectory =
                said.binder().bind("sluice.data-directory", Path.class).orElse(Path.of("data"));
        new FileConflicts(sinks, listeners, rules, dataDirectory).check();
    }

    private <P> List<Declared<P>> declared(String section, Class<P> type) {
        return said.names(section).stream()
                .map(name -> new Declared<>("sluice." + section + "." + name, type, said, problems))
                .toList();
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
