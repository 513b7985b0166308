package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A message whose peer is gone, for tests of sinks. */
public record SampleMessage(Origin origin, long sequence, byte[] getPayload) implements Envelope {

    public static SampleMessage of(String connection, long sequence, byte[] payload) {
        Origin origin = new Origin("greeter", connection, connection, new InetSocketAddress("192.0.2.7", 4711));
        return new SampleMessage(origin, sequence, payload);
    }

    public static SampleMessage of(String connection, long sequence, String payload) {
        return of(connection, sequence, payload.getBytes(UTF_8));
    }

    /** So many messages of one connection, whose payloads are their sequence numbers. */
    public static List<SampleMessage> series(String connection, int count) {
        List<SampleMessage> messages = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            messages.add(of(connection, i, Integer.toString(i)));
        }
        return messages;
    }

    @Override
    public long receivedAt() {
        return Instant.parse("2026-02-03T04:05:06.789Z").toEpochMilli();
    }
}
