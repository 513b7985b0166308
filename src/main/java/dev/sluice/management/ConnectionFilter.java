package dev.sluice.management;

import dev.sluice.transport.Cidr;
import dev.sluice.transport.Connection;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which connections a caller wants. */
final class ConnectionFilter implements Predicate<Connection> {

    private final @Nullable Cidr address;
    private final @Nullable String identity;
    private final @Nullable Instant readBefore;

    /**
     * @param address one, or a network; null for any
     * @param identity of the device; null for any
     * @param idle a duration with its unit: nothing was read for longer; null for any
     * @throws Refused saying what is wrong with them, and what would be right
     */
    ConnectionFilter(@Nullable String address, @Nullable String identity, @Nullable String idle) {
        this.address = address == null ? null : cidr(address);
        this.identity = identity;
        this.readBefore = idle == null ? null : Instant.now().minus(WrittenDuration.of("idle", idle));
    }

    private static Cidr cidr(String text) {
        try {
            return Cidr.of(text);
        } catch (IllegalArgumentException ex) {
            throw Refused.badRequest("'address' is '" + text + "': " + ex.getMessage());
        }
    }

    @Override
    public boolean test(Connection connection) {
        return (identity == null || identity.equals(connection.origin().identity()))
                && (address == null || address.contains(connection.remote().getAddress()))
                && (readBefore == null || connection.lastReadAt().isBefore(readBefore));
    }
}
