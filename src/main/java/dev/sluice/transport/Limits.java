package dev.sluice.transport;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much a listener takes on. 0 is no limit, but for {@code max-connections}.
 *
 * @param maxConnections open at once; the one too many is closed as soon as it is accepted
 * @param maxConnectionsPerAddress open at once of one address
 * @param connectionsPerSecond that are accepted of all addresses together
 * @param messagesPerSecond of one connection (tcp), which is slowed down, or one source address (udp), whose are dropped
 * @param bytesPerSecond the same in bytes as read, boundaries of frames among them
 */
public record Limits(
        @DefaultValue("10000") int maxConnections,
        @DefaultValue("0") int maxConnectionsPerAddress,
        @DefaultValue("0") int connectionsPerSecond,
        @DefaultValue("0") int messagesPerSecond,
        @DefaultValue("0") DataSize bytesPerSecond) {}
