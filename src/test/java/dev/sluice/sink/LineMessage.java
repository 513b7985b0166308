package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.net.InetSocketAddress;
import java.time.Instant;

/** A message as delivery hands it to a sink. */
public record LineMessage(Origin origin, long sequence, long receivedAt, byte[] payload) implements Envelope {

    public static final Instant RECEIVED_AT = Instant.parse("2026-03-04T23:59:58.765Z");

    public static LineMessage of(String payload) {
        return of(1, payload.getBytes(UTF_8));
    }

    public static LineMessage of(long sequence, byte[] payload) {
        return new LineMessage(origin("c-7"), sequence, RECEIVED_AT.toEpochMilli(), payload);
    }

    public static Origin origin(String connection) {
        return new Origin("greeter", connection, connection, new InetSocketAddress("192.0.2.9", 50123));
    }

    public LineMessage from(String connection) {
        return new LineMessage(origin(connection), sequence, receivedAt, payload);
    }

    public LineMessage at(String instant) {
        return new LineMessage(origin, sequence, Instant.parse(instant).toEpochMilli(), payload);
    }

    @Override
    public byte[] getPayload() {
        return payload;
    }
}
