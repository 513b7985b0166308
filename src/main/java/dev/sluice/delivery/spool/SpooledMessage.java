package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;

/**
 * A message that was read back; its peer may be long gone.
 *
 * @param position where it stands in the spool
 * @param route the number of the route that it takes; 0 if that is not known
 */
public record SpooledMessage(long position, int route, Origin origin, long sequence, long receivedAt, byte[] payload)
        implements Envelope {

    @Override
    public byte[] getPayload() {
        return payload;
    }
}
