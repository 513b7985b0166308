package dev.sluice.listener.configuration;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.transport.tcp.TlsProperties;
import dev.sluice.transport.tcp.TlsProperties.ClientAuth;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What a listener leans on that is declared elsewhere, and what was said that means nothing for it. */
final class ListenerRules {

    private static final String ALLOW = "access.allow";
    private static final String COMMANDS = "commands";
    private static final String OUTCOMES = COMMANDS + ".outcomes";

    private final Declared<ListenerProperties> listener;
    private final Collection<String> sinks;
    private final Said said;

    /**
     * @param sinks that are declared
     */
    ListenerRules(Declared<ListenerProperties> listener, Collection<String> sinks, Said said) {
        this.listener = listener;
        this.sinks = sinks;
        this.said = said;
    }

    void check() {
        ListenerProperties properties = listener.properties();
        properties.check(listener);
        if (properties.tcp() != null && properties.tcp().tls() != null) {
            checkBundle(properties.tcp().tls());
        }
        if (properties.udp() != null && properties.tcp() == null) {
            checkMeaningless();
        }
        checkAccess(listener);
        checkSinks("sinks", properties.sinks());
        if (properties.commands() != null && !properties.commands().outcomes().isEmpty()) {
            checkSinks(OUTCOMES, properties.commands().outcomes());
            listener.that(
                    properties.delivery().mode() == Mode.DURABLE,
                    OUTCOMES,
                    "need 'delivery.mode: durable': nobody is there who could be told that an outcome was not"
                            + " delivered");
            listener.that(
                    !said.isSaid("sluice.cluster"),
                    OUTCOMES,
                    "do not go with 'sluice.cluster': there, outcomes are in a topic that anybody may read, such as"
                            + " sluice.outcomes. Read that, and remove them");
        }
    }

    /**
     * An allow-list that is not there, or plainly {@code []}, serves everybody; one that has come out empty, as
     * {@code ${RANGES:}} does where nothing is set, was meant to serve few.
     */
    static void checkAccess(Declared<ListenerProperties> listener) {
        listener.that(
                !listener.says(ALLOW)
                        || isPlainlyEmpty(listener)
                        || !listener.properties().access().allow().isEmpty(),
                ALLOW,
                "has come out empty, so that everybody would be served. Give addresses or ranges, such as 10.0.0.0/8;"
                        + " to serve everybody remove it, or write []");
    }

    /**
     * Returns whether the list is empty in YAML. An empty variable, or file of a configuration tree, was forgotten
     * instead.
     */
    private static boolean isPlainlyEmpty(Declared<ListenerProperties> listener) {
        return listener.said(ALLOW)
                .filter(list -> list.isEmpty() && list.value() instanceof String && Place.isFile(list.origin()))
                .isPresent();
    }

    private void checkBundle(TlsProperties tls) {
        String bundle = tls.bundle();
        if (bundle != null && !bundle.isBlank()) {
            DeclaredBundles bundles = new DeclaredBundles(said);
            bundles.check(listener, "tcp.tls.bundle", bundle);
            if (tls.clientAuth() != ClientAuth.NONE) {
                bundles.checkTruststore(listener, "tcp.tls.client-auth", bundle);
            }
        }
    }

    private void checkMeaningless() {
        listener.that(
                !listener.saysItself(COMMANDS) && listener.properties().commands() == null,
                COMMANDS,
                "are for devices that stay connected: a datagram comes over no connection that a command could be"
                        + " written to. Remove them");
        for (String key : TcpOnly.KEYS) {
            listener.that(
                    key.startsWith(COMMANDS + ".") || !listener.saysItself(key),
                    key,
                    "is only for tcp: "
                            + (key.startsWith("framing.")
                                    ? "with udp one datagram is one message, or is cut by 'frames'"
                                    : "a datagram comes over no connection")
                            + ". Remove it");
        }
    }

    private void checkSinks(String list, List<String> named) {
        for (int i = 0; i < named.size(); i++) {
            String name = named.get(i);
            String element = list + "[" + i + "]";
            String key = listener.said(element).isPresent() ? element : list;
            if (listener.that(named.indexOf(name) == i, key, "'" + name + "' is named twice. Remove one")) {
                listener.that(sinks.contains(name), key, "there is no sink '" + name + "'." + cure(name));
            }
        }
    }

    private String cure(String name) {
        if (sinks.isEmpty()) {
            return " Declare it under 'sluice.sinks'";
        }
        String suggestion = Nearest.suggestion(name, sinks);
        return suggestion.isEmpty()
                ? sinks.stream().map(sink -> "'" + sink + "'").collect(Collectors.joining(", ", " There are ", ""))
                : suggestion;
    }
}
