package dev.sluice.transport;

import dev.sluice.check.Check;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much a listener takes on. 0 is no limit, but for {@code max-connections}.
 *
 * @param maxConnections open at once; the one too many is closed as soon as it is accepted
 * @param maxConnectionsPerAddress open at once of one address
 * @param connectionsPerSecond that are accepted of all addresses together
 * @param messagesPerSecond of one connection (tcp), which is slowed down, or one source address (udp), whose are
 *     dropped
 * @param bytesPerSecond the same in bytes as read, boundaries of frames among them
 */
public record Limits(
        @DefaultValue("10000") int maxConnections,
        @DefaultValue("0") int maxConnectionsPerAddress,
        @DefaultValue("0") int connectionsPerSecond,
        @DefaultValue("0") int messagesPerSecond,
        @DefaultValue("0") DataSize bytesPerSecond) {

    /** Says what is wrong with what holds for a listener of connections. */
    public void check(Check check) {
        check.that(maxConnections >= 1, "max-connections", maxConnections + " is less than 1");
        notNegative(check, "max-connections-per-address", maxConnectionsPerAddress);
        notNegative(check, "connections-per-second", connectionsPerSecond);
        checkRates(check);
    }

    /** Says what is wrong with what holds for every listener. */
    public void checkRates(Check check) {
        notNegative(check, "messages-per-second", messagesPerSecond);
        check.that(
                !bytesPerSecond.isNegative(), "bytes-per-second", bytesPerSecond + " is negative. Give 0 for no limit");
    }

    private static void notNegative(Check check, String key, int limit) {
        check.that(limit >= 0, key, limit + " is negative. Give 0 for no limit");
    }
}
