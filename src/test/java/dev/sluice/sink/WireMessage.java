package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A message as a sink is given it, of a connection that is long gone. */
public record WireMessage(Origin origin, long sequence, long receivedAt, byte[] getPayload) implements Envelope {

    /** 2026-01-02T03:04:05Z. */
    public static final long RECEIVED_AT = 1_767_323_045_000L;

    private static final Origin ORIGIN = new Origin("greeter", "c1", "c1", new InetSocketAddress("192.0.2.7", 50_000));

    /** Of one connection, counted from 1. */
    public static List<WireMessage> of(String... payloads) {
        List<WireMessage> messages = new ArrayList<>();
        for (String payload : payloads) {
            messages.add(of(messages.size() + 1, payload.getBytes(UTF_8)));
        }
        return messages;
    }

    public static WireMessage of(long sequence, byte[] payload) {
        return new WireMessage(ORIGIN, sequence, RECEIVED_AT, payload);
    }

    public static WireMessage of(String stream, long sequence, byte[] payload) {
        return new WireMessage(new Origin("greeter", stream, stream, ORIGIN.remote()), sequence, RECEIVED_AT, payload);
    }

    /** Of a UDP listener, all of whose datagrams are counted together. */
    public static WireMessage datagram(String address, long sequence, String payload) {
        InetSocketAddress source = new InetSocketAddress(address, 5000);
        Origin origin = new Origin("greeter", address + ":5000", "run", source);
        return new WireMessage(origin, sequence, RECEIVED_AT, payload.getBytes(UTF_8));
    }

    /** Numbers as text, from 1. */
    public static List<WireMessage> numbered(int count) {
        List<WireMessage> messages = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            messages.add(of(i, Integer.toString(i).getBytes(UTF_8)));
        }
        return messages;
    }
}
