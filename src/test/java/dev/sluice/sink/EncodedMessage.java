package dev.sluice.sink;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.nio.charset.Charset;

/** A message of a listener that has a charset of its own. */
public record EncodedMessage(byte[] getPayload, Charset charset) implements Envelope {

    public static EncodedMessage of(String text, Charset charset) {
        return new EncodedMessage(text.getBytes(charset), charset);
    }

    @Override
    public Origin origin() {
        return LineMessage.origin("c-7");
    }

    @Override
    public long sequence() {
        return 1;
    }

    @Override
    public long receivedAt() {
        return LineMessage.RECEIVED_AT.toEpochMilli();
    }
}
