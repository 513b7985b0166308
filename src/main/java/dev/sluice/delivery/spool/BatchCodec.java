package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How messages lie in a row of the spool.
 *
 * <pre>
 * content  = version message*
 * message  = head [origin] [time] [route] [blocks] length payload
 * head     = varint: bit 0, an origin follows; bit 1, a time; bit 2, a route; bit 3, blocks; the rest, zigzag, how far the
 *            sequence is from the last
 * origin   = connection stream port address blocks    the port a varint, the first two and the address a varint of their
 *                                                     length, and bytes
 * time     = varint, milliseconds since the epoch
 * route    = varint, a number in the table of routes
 * blocks   = varint, how many, and of each: varint, its type; varint, its length; bytes
 * fields   = (name value)*                            a block of a message; each a varint of its length, and UTF-8
 * trace    = text                                     another, in UTF-8: a traceparent of W3C Trace Context
 * </pre>
 *
 * A message has the origin and time of the one before it unless it says otherwise, and of one connection only the first
 * does. Its route is that of its row unless it names another, which goes to some of the row's sinks and to no others.
 * Blocks of types that are not known are passed over. Varints are those of protobuf. The listener is not written: a
 * file belongs to one.
 *
 * <p>In version 1 there were no routes and no blocks, and the head had two bits for what follows.
 */
final class BatchCodec {

    static final byte FIRST_VERSION = 1;
    static final byte VERSION = 2;
    private static final int MOST_VARINT = 10;
    static final int ORIGIN_FOLLOWS = 1;
    static final int TIME_FOLLOWS = 2;
    static final int ROUTE_FOLLOWS = 4;
    static final int BLOCKS_FOLLOW = 8;
    static final int SEQUENCE_SHIFT = 4;
    static final int FIRST_SEQUENCE_SHIFT = 2;
    /** A block of an origin: who the device is, in UTF-8. */
    static final int IDENTITY = 1;
    /** A block of a message: what a bean has told about it, of each field its name and value. */
    static final int FIELDS = 2;
    /** A block of a message: where its trace goes on. */
    static final int TRACE = 3;

    private BatchCodec() {}

    /** Writes messages that were appended together, each with its route unless that is the row's. */
    static byte[] encode(List<? extends Envelope> messages, Routing routing) {
        return encode(messages, routing::named);
    }

    /** Of a message that stands alone and knows its route. */
    static byte[] encode(Envelope message) {
        int route = message instanceof SpooledMessage spooled ? spooled.route() : 0;
        return encode(List.of(message), _ -> route);
    }

    /**
     * @param routes of the message at an index, the number of its route; 0 if that is the row's
     */
    private static byte[] encode(List<? extends Envelope> messages, IntUnaryOperator routes) {
        Output out = new Output(sizeOf(messages));
        out.bytes[out.size++] = VERSION;
        Origin origin = null;
        long time = -1;
        long sequence = 0;
        int index = 0;
        for (Envelope message : messages) {
            int route = routes.applyAsInt(index++);
            boolean annotated = message.isAnnotated();
            // The same object for all messages of a connection.
            @SuppressWarnings("ReferenceEquality")
            boolean newOrigin = message.origin() != origin;
            boolean newTime = message.receivedAt() != time;
            long step = message.sequence() - sequence;
            long zigzag = (step << 1) ^ (step >> 63);
            out.varint(zigzag << SEQUENCE_SHIFT
                    | (newOrigin ? ORIGIN_FOLLOWS : 0)
                    | (newTime ? TIME_FOLLOWS : 0)
                    | (route != 0 ? ROUTE_FOLLOWS : 0)
                    | (annotated ? BLOCKS_FOLLOW : 0));
            if (newOrigin) {
                origin = message.origin();
                out.origin(origin);
            }
            if (newTime) {
                time = message.receivedAt();
                out.varint(time);
            }
            if (route != 0) {
                out.varint(route);
            }
            if (annotated) {
                out.annotations(message.told(), message.traceparent());
            }
            sequence = message.sequence();
            out.block(message.getPayload());
        }
        return out.size == out.bytes.length ? out.bytes : Arrays.copyOf(out.bytes, out.size);
    }

    private static int sizeOf(List<? extends Envelope> messages) {
        long size = 128;
        for (Envelope message : messages) {
            size += message.getPayload().length + 4;
        }
        return (int) Math.min(size, Integer.MAX_VALUE - 8);
    }

    /**
     * @param from the position of the first that is wanted
     * @param routes whether messages of a route are, which holds of that of the row
     * @throws IllegalArgumentException if the content is not what {@link #encode} wrote
     */
    static List<SpooledMessage> decode(String listener, StoredBatch batch, long from, IntPredicate routes) {
        try {
            return new BatchInput(batch.content()).messages(listener, batch, from, routes);
        } catch (ArrayIndexOutOfBoundsException | UnknownHostException ex) {
            throw new IllegalArgumentException("not the content of a spool's row", ex);
        }
    }

    /** Of a message that stands alone. */
    static SpooledMessage decode(String listener, long position, byte[] content) {
        StoredBatch batch = new StoredBatch(position, 1, 0, 0, 0, content);
        return decode(listener, batch, position, route -> true).getFirst();
    }

    private static final class Output {

        private byte[] bytes;
        private int size;

        Output(int capacity) {
            this.bytes = new byte[capacity];
        }

        void origin(Origin origin) {
            block(origin.connection().getBytes(StandardCharsets.UTF_8));
            block(origin.stream().getBytes(StandardCharsets.UTF_8));
            varint(origin.remote().getPort());
            block(origin.remote().getAddress().getAddress());
            if (origin.identity() == null) {
                varint(0);
            } else {
                varint(1);
                varint(IDENTITY);
                block(origin.identity().getBytes(StandardCharsets.UTF_8));
            }
        }

        void annotations(Map<String, String> told, @Nullable String traceparent) {
            varint((told.isEmpty() ? 0 : 1) + (traceparent == null ? 0 : 1));
            if (!told.isEmpty()) {
                fields(told);
            }
            if (traceparent != null) {
                varint(TRACE);
                block(traceparent.getBytes(StandardCharsets.UTF_8));
            }
        }

        private void fields(Map<String, String> fields) {
            Output block = new Output(256);
            fields.forEach((name, value) -> {
                block.block(name.getBytes(StandardCharsets.UTF_8));
                block.block(value.getBytes(StandardCharsets.UTF_8));
            });
            varint(FIELDS);
            block(Arrays.copyOf(block.bytes, block.size));
        }

        void varint(long value) {
            ensure(MOST_VARINT);
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                bytes[size++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[size++] = (byte) rest;
        }

        void block(byte[] block) {
            varint(block.length);
            ensure(block.length);
            System.arraycopy(block, 0, bytes, size, block.length);
            size += block.length;
        }

        private void ensure(int more) {
            int needed = Math.addExact(size, more);
            if (needed > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(needed, (int)
                        Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
            }
        }
    }
}
