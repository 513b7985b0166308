package dev.sluice.transport;

import dev.sluice.message.Origin;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a peer that were no message, as an operator sees them.
 *
 * @param problem what is wrong with them, in words; null if the reason says all
 * @param origin whom they came from
 * @param length how many there were by then
 * @param beginning the first of them; null if they may not be shown
 */
public record RejectedFrame(
        Instant at,
        Reason.Dropped reason,
        @Nullable String problem,
        Origin origin,
        int length,
        byte @Nullable [] beginning) {

    /** No more bytes of a frame are kept. */
    public static final int MOST_BYTES = 256;
}
