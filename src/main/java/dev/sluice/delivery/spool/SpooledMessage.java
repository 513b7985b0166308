package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;

/** A message that was read back; its peer may be long gone. */
record SpooledMessage(Origin origin, long sequence, long receivedAt, byte[] payload) implements Envelope {

    @Override
    public byte[] getPayload() {
        return payload;
    }
}
