package dev.sluice.transport.udp;

import dev.sluice.message.AddressText;
import dev.sluice.transport.Reason;
import dev.sluice.transport.SuppressingLog;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The lines of the log about datagrams that are dropped and replies that are not sent. Of each reason at most one a
 * second, see {@link SuppressingLog}. Safe for use by many threads.
 */
final class SourceTroubles extends SuppressingLog<Enum<?>> {

    SourceTroubles(String listener) {
        super(LoggerFactory.getLogger(SourceTroubles.class), listener);
    }

    /** @param problem what is malformed, in words; null with other reasons */
    void dropped(Reason.Dropped reason, @Nullable String problem, InetSocketAddress source, int bytes) {
        warn(
                reason,
                () -> "dropped a datagram of " + bytes + " bytes of " + AddressText.of(source) + ": " + reason.text()
                        + (problem == null ? "" : ", " + problem));
    }

    void withheld(Reason.Withheld reason, InetSocketAddress source, int bytes) {
        warn(
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
}
