package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that was read back; its peer may be long gone.
 *
 * @param position where it stands in the spool
 * @param route the number of the route that it takes; 0 if that is not known
 * @param told by a bean about it, name to value
 * @param traceparent where its trace goes on; null if it has none
 */
public record SpooledMessage(
        long position,
        int route,
        Origin origin,
        long sequence,
        long receivedAt,
        byte[] payload,
        Map<String, String> told,
        @Nullable String traceparent)
        implements Envelope {

    @Override
    public byte[] getPayload() {
        return payload;
    }
}
