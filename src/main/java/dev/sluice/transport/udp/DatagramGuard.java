package dev.sluice.transport.udp;

import dev.sluice.transport.Access;
import dev.sluice.transport.Reason;
import dev.sluice.transport.TransportSettings;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Which datagrams are taken: of sources that are served, within their rates, and not too large. Belongs to the receiver's thread. */
final class DatagramGuard {

    /** Null where everyone is served. */
    private final @Nullable Access access;

    private final @Nullable SourceRates rates;
    private final int maxSize;

    DatagramGuard(TransportSettings settings) {
        Access access = settings.access();
        this.access = access.equals(Access.EVERYONE) ? null : access;
        this.rates = SourceRates.of(settings.limits());
        this.maxSize = (int) settings.framing().maxSize().toBytes();
    }

    /** Why to drop a datagram of so many bytes; null if it is taken. */
    Reason.@Nullable Dropped refuse(InetAddress source, int length) {
        if (access != null && !access.permits(source)) {
            return Reason.Dropped.ACCESS_DENIED;
        }
        if (rates != null && !rates.tryTake(source, length, System.nanoTime())) {
            return Reason.Dropped.RATE_LIMITED;
        }
        return length > maxSize ? Reason.Dropped.OVERSIZE : null;
    }
}
