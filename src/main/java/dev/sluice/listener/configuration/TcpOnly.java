package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Set;

/**
 * The keys of a listener that mean nothing to a datagram, which is a message by itself and comes over no connection.
 */
final class TcpOnly {

    /** What a framing says of datagrams. */
    private static final Set<String> OF_DATAGRAMS =
            Set.of("max-size", "frames", "checksum", "on-mismatch", "escape", "between");

    /** What is said of who devices are that only a connection remembers. */
    private static final Set<String> OF_CONNECTIONS = Set.of("from", "twice", "realm", "several");

    /** Relative to the listener, without {@code tcp} itself. */
    static final List<String> KEYS = Schema.of(ListenerProperties.class).paths().stream()
            .filter(key -> key.contains(".") && isOne(key, key.split("\\.")[0], key.split("\\.")[1]))
            .toList();

    private TcpOnly() {}

    private static boolean isOne(String key, String section, String name) {
        return switch (section) {
            case "timeouts", "polls", "commands" -> true;
            case "identity" -> OF_CONNECTIONS.contains(name);
            case "framing" -> !OF_DATAGRAMS.contains(name);
            case "limits" -> key.contains("connections");
            default -> false;
        };
    }
}
