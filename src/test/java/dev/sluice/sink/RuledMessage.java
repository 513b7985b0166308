package dev.sluice.sink;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message whose rule names sinks.
 *
 * @param sinks their names; null if it names none
 */
public record RuledMessage(Envelope message, @Nullable List<String> sinks) implements Envelope {

    @Override
    public Origin origin() {
        return message.origin();
    }

    @Override
    public long sequence() {
        return message.sequence();
    }

    @Override
    public long receivedAt() {
        return message.receivedAt();
    }

    @Override
    public byte[] getPayload() {
        return message.getPayload();
    }
}
