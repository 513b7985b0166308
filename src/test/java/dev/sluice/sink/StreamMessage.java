package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** A message that came over TCP from 192.0.2.9 to the listener {@code greeter}, whose connection is its stream. */
public record StreamMessage(Origin origin, long sequence, byte[] payload) implements Envelope {

    public static final Instant RECEIVED_AT = Instant.parse("2026-03-04T23:59:58.765Z");

    public static StreamMessage of(String stream, long sequence, byte[] payload) {
        Origin origin = new Origin("greeter", stream, stream, new InetSocketAddress("192.0.2.9", 50_123));
        return new StreamMessage(origin, sequence, payload);
    }

    public static StreamMessage of(String stream, long sequence) {
        return of(stream, sequence, (stream + " " + sequence).getBytes(UTF_8));
    }

    /** So many of one stream, in their order. */
    public static List<StreamMessage> stream(String stream, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> of(stream, i)).toList();
    }

    @Override
    public long receivedAt() {
        return RECEIVED_AT.toEpochMilli();
    }

    @Override
    public byte[] getPayload() {
        return payload;
    }
}
