package dev.sluice.transport.udp;

import dev.sluice.transport.Limits;
import dev.sluice.transport.Reason;
import dev.sluice.transport.TransportSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which datagrams are taken: of sources that are served and not ourselves, within their rates, and not too large.
 * Belongs to the receiver's thread.
 */
final class DatagramGuard {

    private final OwnAddresses own;
    /** Those that the rates are for. */
    private @Nullable Limits limits;
    /** Null where nothing is limited. */
    private @Nullable SourceRates rates;

    DatagramGuard(OwnAddresses own) {
        this.own = own;
    }

    /** Why to drop a datagram of so many bytes; null if it is taken. */
    Reason.@Nullable Dropped refuse(TransportSettings settings, InetSocketAddress from, int length) {
        InetAddress source = from.getAddress();
        if (!settings.access().permits(source)) {
            return Reason.Dropped.ACCESS_DENIED;
        }
        if (own.contain(from)) {
            return Reason.Dropped.OWN_ADDRESS;
        }
        if (settings.limits() != limits) {
            if (!settings.limits().equals(limits)) {
                rates = SourceRates.of(settings.limits());
            }
            limits = settings.limits();
        }
        if (rates != null && !rates.tryTake(source, length, System.nanoTime())) {
            return Reason.Dropped.RATE_LIMITED;
        }
        return length > settings.framing().maxSize().toBytes() ? Reason.Dropped.OVERSIZE : null;
    }
}
