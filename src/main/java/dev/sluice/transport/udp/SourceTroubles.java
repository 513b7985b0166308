package dev.sluice.transport.udp;

import dev.sluice.message.AddressText;
import dev.sluice.transport.Reason;
import dev.sluice.transport.SuppressingLog;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of the log about datagrams that are dropped and replies that are not sent. Of each reason at most one a
 * second, see {@link SuppressingLog}. Safe for use by many threads.
 */
final class SourceTroubles {

    private static final Logger log = LoggerFactory.getLogger(SourceTroubles.class);

    private final SuppressingLog<Reason.Dropped> drops;
    private final SuppressingLog<Reason.Withheld> withheld;

    SourceTroubles(String listener) {
        this.drops = new SuppressingLog<>(log, listener);
        this.withheld = new SuppressingLog<>(log, listener);
    }

    void dropped(Reason.Dropped reason, InetSocketAddress source, int bytes) {
        drops.warn(
                reason,
                () -> "dropped a datagram of " + bytes + " bytes of " + AddressText.of(source) + ": " + reason.text());
    }

    void malformed(String problem, InetSocketAddress source, int bytes) {
        drops.warn(
                Reason.Dropped.MALFORMED,
                () -> "dropped a datagram of " + bytes + " bytes of " + AddressText.of(source) + ": malformed, "
                        + problem);
    }

    void withheld(Reason.Withheld reason, InetSocketAddress source, int bytes) {
        withheld.warn(
                reason,
                () -> "did not send a reply of " + bytes + " bytes to " + AddressText.of(source) + ": " + why(reason));
    }

    private static String why(Reason.Withheld reason) {
        return switch (reason) {
            case TOO_LONG -> "it is longer than 'udp.max-reply-factor' permits for what came";
            case SYSTEM_PORT -> "the port is below 1024";
            case NOT_UNICAST -> "the address is that of many, or of nobody";
        };
    }

    /** Tells how many lines were left out. Somebody has to call this now and then. */
    void tellSuppressed() {
        drops.tellSuppressed();
        withheld.tellSuppressed();
    }

    /** The same, once nothing more is to come. */
    void tellAllSuppressed() {
        drops.tellAllSuppressed();
        withheld.tellAllSuppressed();
    }
}
