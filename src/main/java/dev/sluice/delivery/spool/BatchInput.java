package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.BatchCodec.BLOCKS_FOLLOW;
import static dev.sluice.delivery.spool.BatchCodec.FIELDS;
import static dev.sluice.delivery.spool.BatchCodec.FIRST_SEQUENCE_SHIFT;
import static dev.sluice.delivery.spool.BatchCodec.FIRST_VERSION;
import static dev.sluice.delivery.spool.BatchCodec.IDENTITY;
import static dev.sluice.delivery.spool.BatchCodec.ORIGIN_FOLLOWS;
import static dev.sluice.delivery.spool.BatchCodec.ROUTE_FOLLOWS;
import static dev.sluice.delivery.spool.BatchCodec.SEQUENCE_SHIFT;
import static dev.sluice.delivery.spool.BatchCodec.TIME_FOLLOWS;
import static dev.sluice.delivery.spool.BatchCodec.TRACE;
import static dev.sluice.delivery.spool.BatchCodec.VERSION;

import dev.sluice.message.Origin;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Reads what {@link BatchCodec} wrote. */
final class BatchInput {

    private final byte[] bytes;
    private int at;

    BatchInput(byte[] bytes) {
        this.bytes = bytes;
    }

    List<SpooledMessage> messages(String listener, StoredBatch batch, long from, IntPredicate routes)
            throws UnknownHostException {
        int count = batch.messages();
        byte version = count < 0 || count > bytes.length ? 0 : bytes[at++];
        if (version != FIRST_VERSION && version != VERSION) {
            throw new IllegalArgumentException("not the content of a spool's row");
        }
        int follows = version == VERSION ? SEQUENCE_SHIFT : FIRST_SEQUENCE_SHIFT;
        List<SpooledMessage> messages = new ArrayList<>((int) Math.clamp(batch.end() - from, 0, count));
        @Nullable Origin origin = null;
        long time = 0;
        long sequence = 0;
        for (int i = 0; i < count; i++) {
            long head = varint();
            long flags = head & ((1 << follows) - 1);
            if ((flags & ORIGIN_FOLLOWS) != 0) {
                origin = origin(listener, version);
            }
            if ((flags & TIME_FOLLOWS) != 0) {
                time = varint();
            }
            int route = batch.route();
            boolean wanted = batch.position() + i >= from;
            if ((flags & ROUTE_FOLLOWS) != 0) {
                route = (int) varint();
                wanted = wanted && routes.test(route);
            }
            Annotations with = (flags & BLOCKS_FOLLOW) == 0 ? Annotations.NONE : annotations();
            long zigzag = head >>> follows;
            sequence += (zigzag >>> 1) ^ -(zigzag & 1);
            if (origin == null) {
                throw new IllegalArgumentException("a message without an origin");
            }
            if (wanted) {
                messages.add(new SpooledMessage(
                        batch.position() + i, route, origin, sequence, time, block(), with.told(), with.traceparent()));
            } else {
                skipBlock();
            }
        }
        return messages;
    }

    private Origin origin(String listener, byte version) throws UnknownHostException {
        String connection = new String(block(), StandardCharsets.UTF_8);
        String stream = new String(block(), StandardCharsets.UTF_8);
        int port = (int) varint();
        InetAddress address = InetAddress.getByAddress(block());
        return new Origin(
                listener,
                connection,
                // One text for both, as they mostly are.
                stream.equals(connection) ? connection : stream,
                new InetSocketAddress(address, port),
                version == FIRST_VERSION ? null : identity());
    }

    private @Nullable String identity() {
        String identity = null;
        for (long count = varint(); count > 0; count--) {
            if (varint() == IDENTITY) {
                identity = new String(block(), StandardCharsets.UTF_8);
            } else {
                skipBlock();
            }
        }
        return identity;
    }

    /** What is kept with a message. */
    private record Annotations(
            Map<String, String> told, @Nullable String traceparent) {

        static final Annotations NONE = new Annotations(Map.of(), null);
    }

    private Annotations annotations() {
        Map<String, String> told = Map.of();
        String traceparent = null;
        for (long count = varint(); count > 0; count--) {
            switch ((int) varint()) {
                case FIELDS -> told = new BatchInput(block()).fields();
                case TRACE -> traceparent = new String(block(), StandardCharsets.UTF_8);
                default -> skipBlock();
            }
        }
        return new Annotations(told, traceparent);
    }

    private Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        while (at < bytes.length) {
            String name = new String(block(), StandardCharsets.UTF_8);
            fields.put(name, new String(block(), StandardCharsets.UTF_8));
        }
        return fields;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = bytes[at++];
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number without an end");
    }

    private byte[] block() {
        int length = length();
        byte[] block = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return block;
    }

    private void skipBlock() {
        int length = length();
        at += length;
    }

    private int length() {
        long length = varint();
        if (length < 0 || length > bytes.length - at) {
            throw new IllegalArgumentException("a block beyond the end");
        }
        return (int) length;
    }
}
