package dev.sluice.transport;

import dev.sluice.message.Peer;
import dev.sluice.transport.IdentityProperties.Twice;
import org.jspecify.annotations.Nullable;

/**
 * How a listener's connections get an identity.
 *
 * @param identities of the realm
 * @param twice what becomes of two connections with the same
 * @param several how many a connection may have
 * @param known knows which devices are served; null if all are
 * @param from what tells it as soon as a device is connected; null if only rules do
 */
public record Identification(
        Identities identities,
        Twice twice,
        int several,
        @Nullable KnownDevices known,
        @Nullable ConnectedAs from) {

    /** Returns why a device is not served; null if it is. May wait for an answer from elsewhere. */
    public Peer.@Nullable End refusal(String identity) {
        return known == null
                ? null
                : switch (known.ask(identity)) {
                    case KNOWN -> null;
                    case UNKNOWN -> Peer.End.REFUSED;
                    case UNANSWERED -> Peer.End.UNCHECKED;
                };
    }
}
