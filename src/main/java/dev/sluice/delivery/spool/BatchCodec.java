package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    private static final byte FIRST_VERSION = 1;
    private static final byte VERSION = 2;
    private static final int MOST_VARINT = 10;
    private static final int ORIGIN_FOLLOWS = 1;
    private static final int TIME_FOLLOWS = 2;
    private static final int ROUTE_FOLLOWS = 4;
    private static final int BLOCKS_FOLLOW = 8;
    private static final int SEQUENCE_SHIFT = 4;
    private static final int FIRST_SEQUENCE_SHIFT = 2;
    /** A block of an origin: who the device is, in UTF-8. */
    private static final int IDENTITY = 1;

    private BatchCodec() {}

    /** Of messages that were appended together, each with its route unless that is the row's. */
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
            // The same object for all messages of a connection.
            @SuppressWarnings("ReferenceEquality")
            boolean newOrigin = message.origin() != origin;
            boolean newTime = message.receivedAt() != time;
            long step = message.sequence() - sequence;
            long zigzag = (step << 1) ^ (step >> 63);
            out.varint(zigzag << SEQUENCE_SHIFT
                    | (newOrigin ? ORIGIN_FOLLOWS : 0)
                    | (newTime ? TIME_FOLLOWS : 0)
                    | (route != 0 ? ROUTE_FOLLOWS : 0));
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
            return new Input(batch.content()).messages(listener, batch, from, routes);
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

    private static final class Input {

        private final byte[] bytes;
        private int at;

        Input(byte[] bytes) {
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
                if ((flags & BLOCKS_FOLLOW) != 0) {
                    skipBlocks();
                }
                long zigzag = head >>> follows;
                sequence += (zigzag >>> 1) ^ -(zigzag & 1);
                if (origin == null) {
                    throw new IllegalArgumentException("a message without an origin");
                }
                if (wanted) {
                    messages.add(new SpooledMessage(batch.position() + i, route, origin, sequence, time, block()));
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

        private void skipBlocks() {
            for (long count = varint(); count > 0; count--) {
                varint();
                skipBlock();
            }
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
}
