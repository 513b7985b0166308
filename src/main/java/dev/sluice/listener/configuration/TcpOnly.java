package dev.sluice.listener.configuration;

import java.util.List;
import java.util.function.Predicate;

/** The keys of a listener that mean nothing to a datagram, which is a message by itself and comes over no connection. */
final class TcpOnly {

    /** Relative to the listener, without {@code tcp} itself. */
    static final List<List<String>> KEYS = Schema.of(ListenerProperties.class).paths().stream()
            .filter(path -> path.size() > 1)
            .filter(inSection("timeouts")
                    .or(inSection("polls"))
                    .or(inSection("framing").and(path -> !path.getLast().equals("max-size")))
                    .or(inSection("limits").and(path -> path.getLast().contains("connections"))))
            .toList();

    private TcpOnly() {}

    private static Predicate<List<String>> inSection(String section) {
        return path -> path.getFirst().equals(section);
    }
}
