package dev.sluice.transport.tcp;

import dev.sluice.message.AddressText;
import dev.sluice.transport.Reason;
import dev.sluice.transport.SuppressingLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The lines of the log about peers that were let in and do not keep to what a listener expects: whose TLS failed, whose
 * messages were dropped, who was cut off at a deadline. Of each reason at most one a second, see {@link
 * SuppressingLog}. That a peer was only quiet, had its time, or was still sending when its connection was ended is
 * counted and not told.
 */
final class PeerTroubles extends SuppressingLog<Enum<?>> {

    PeerTroubles(String listener) {
        super(LoggerFactory.getLogger(PeerTroubles.class), listener);
    }

    void tls(TlsTrouble trouble, InetSocketAddress peer, IOException ex) {
        warn(trouble, () -> trouble.describe(peer, ex));
    }

    /** @param problem what is malformed, in words; null with other reasons */
    void dropped(Reason.Dropped reason, @Nullable String problem, InetSocketAddress peer) {
        if (reason != Reason.Dropped.CLOSED) {
            warn(
                    reason,
                    () -> "dropped a message of " + text(peer) + ": " + reason.text()
                            + (problem == null ? "" : ", " + problem));
        }
    }

    /** A connection has ended. */
    void closed(Reason.Closed reason, InetSocketAddress peer) {
        if (reason == Reason.Closed.UNEXPECTED_TLS) {
            warn(TlsTrouble.UNEXPECTED_TLS, () -> TlsTrouble.UNEXPECTED_TLS.describe(peer));
        }
        String why = switch (reason) {
            case FRAME_TIMEOUT -> "a frame took longer than 'timeouts.frame' allows";
            case WRITE_TIMEOUT -> "it took what was written more slowly than 'timeouts.write' allows";
            case HANDSHAKE_TIMEOUT -> "its handshake took longer than 'timeouts.handshake' allows";
            case MEMORY ->
                "all connections held as much memory as 'sluice.memory.limit' allows, and it much of that for long";
            default -> null;
        };
        if (why != null) {
            warn(reason, () -> "cut off " + text(peer) + ": " + why);
        }
    }

    static String text(InetSocketAddress peer) {
        return AddressText.of(peer.getAddress()) + " port " + peer.getPort();
    }
}
