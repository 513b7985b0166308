package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

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
    static final List<List<String>> KEYS = Schema.of(ListenerProperties.class).paths().stream()
            .filter(path -> path.size() > 1)
            .filter(inSection("timeouts")
                    .or(inSection("polls"))
                    .or(inSection("identity").and(path -> OF_CONNECTIONS.contains(path.get(1))))
                    .or(inSection("framing").and(path -> !OF_DATAGRAMS.contains(path.get(1))))
                    .or(inSection("limits").and(path -> path.getLast().contains("connections"))))
            .toList();

    private TcpOnly() {}

    private static Predicate<List<String>> inSection(String section) {
        return path -> path.getFirst().equals(section);
    }
}
