package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A message such as a listener may have, to see what a template makes of it. One peer sends the same to all listeners.
 */
public record Specimen(Origin origin) implements Envelope {

    /** Returns one as this listener may have it. */
    public static Specimen of(String listener) {
        String connection = "connection-" + listener;
        return new Specimen(new Origin(
                listener, connection, connection, new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000)));
    }

    @Override
    public long sequence() {
        return 1;
    }

    @Override
    public long receivedAt() {
        return 0;
    }

    @Override
    public byte[] getPayload() {
        return "payload".getBytes(US_ASCII);
    }
}
