package dev.sluice.transport.udp;

import dev.sluice.transport.Access;
import dev.sluice.transport.Reason;
import dev.sluice.transport.TransportSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which datagrams are taken: of sources that are served and not ourselves, within their rates, and not too large. Belongs to
 * the receiver's thread.
 */
final class DatagramGuard {

    private final OwnAddresses own;
    /** Null where everyone is served. */
    private final @Nullable Access access;

    private final @Nullable SourceRates rates;
    private final int maxSize;

    DatagramGuard(TransportSettings settings, OwnAddresses own) {
        this.own = own;
        Access access = settings.access();
        this.access = access.equals(Access.EVERYONE) ? null : access;
        this.rates = SourceRates.of(settings.limits());
        this.maxSize = (int) settings.framing().maxSize().toBytes();
    }

    /** Why to drop a datagram of so many bytes; null if it is taken. */
    Reason.@Nullable Dropped refuse(InetSocketAddress from, int length) {
        InetAddress source = from.getAddress();
        if (access != null && !access.permits(source)) {
            return Reason.Dropped.ACCESS_DENIED;
        }
        if (own.contain(from)) {
            return Reason.Dropped.OWN_ADDRESS;
        }
        if (rates != null && !rates.tryTake(source, length, System.nanoTime())) {
            return Reason.Dropped.RATE_LIMITED;
        }
        return length > maxSize ? Reason.Dropped.OVERSIZE : null;
    }
}
