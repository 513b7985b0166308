package dev.sluice.transport;

import dev.sluice.transport.IdentityProperties.Twice;
import org.jspecify.annotations.Nullable;

/**
 * How a listener's connections get an identity.
 *
 * @param identities of the realm
 * @param twice what becomes of two connections with the same
 * @param several how many a connection may have
 * @param from what tells it as soon as a device is connected; null if only rules do
 */
public record Identification(Identities identities, Twice twice, int several, @Nullable ConnectedAs from) {

    /** As it is where nothing is said. */
    public static Identification none() {
        return new Identification(new Identities(), Twice.ALLOW, 1, null);
    }
}
