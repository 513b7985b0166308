package dev.sluice.sink;

import dev.sluice.message.Envelope;
import dev.sluice.message.WrappedEnvelope;

/** A message that was chosen to have a trace. */
public record TracedMessage(Envelope message, String traceparent) implements WrappedEnvelope {

    /** Of W3C's own examples. */
    public static TracedMessage of(Envelope message) {
        return new TracedMessage(message, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }
}
