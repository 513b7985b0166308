package dev.sluice.listener.configuration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * A listener that messages are tried on, without a port: one that is declared, or one that speaks a protocol and is
 * nothing else.
 *
 * @param name of the listener or the protocol
 * @param listener what is said of it
 * @param protocols that are declared
 */
public record TriedListener(String name, ListenerProperties listener, Map<String, ProtocolProperties> protocols) {

    private static final String LISTENERS = "sluice.listeners.";

    /**
     * Finds a listener, or else a protocol, of this name.
     *
     * @param file to read beside the program's own defaults; null for all that a start here would read
     * @throws ConfigurationException if there is none, or something is wrong with the configuration
     */
    public static TriedListener find(String name, @Nullable Path file) {
        ConfigurableEnvironment environment = ConfigurationFiles.read(file);
        Said said = new Said(environment);
        boolean declared = said.names("listeners").contains(name);
        if (!declared) {
            if (!said.names("protocols").contains(name)
                    && !ShippedProtocols.names().contains(name)) {
                throw new ConfigurationException(List.of(new Problem(name, unknown(name, said), null)));
            }
            speak(name, environment);
        }
        ConfigurationCheck.require(environment);
        SluiceProperties sluice = SluiceBinding.bind(environment);
        ListenerProperties listener = sluice.listeners().get(name);
        if (listener == null) {
            throw new IllegalStateException("Listener '" + name + "' is not bound");
        }
        return new TriedListener(name, listener, sluice.protocols());
    }

    private static void speak(String protocol, ConfigurableEnvironment environment) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put(LISTENERS + protocol + ".protocol", protocol);
        said.put(LISTENERS + protocol + ".tcp.port", "0");
        environment.getPropertySources().addFirst(new MapPropertySource("tried protocol", said));
        ListenerDefaults.applyTo(environment);
        if (!new Said(environment).isSaid(LISTENERS + protocol + ".framing")) {
            // Without frames, each message is a datagram.
            said.remove(LISTENERS + protocol + ".tcp.port");
            said.put(LISTENERS + protocol + ".udp.port", "0");
            ListenerDefaults.applyTo(environment);
        }
    }

    private static String unknown(String name, Said said) {
        List<String> known = new ArrayList<>(said.names("listeners"));
        known.addAll(said.names("protocols"));
        known.addAll(ShippedProtocols.names());
        String suggestion = Nearest.suggestion(name, known);
        return "there is no listener and no protocol of this name."
                + (suggestion.isEmpty() ? " There are " + String.join(", ", known) : suggestion);
    }
}
