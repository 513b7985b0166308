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
import org.jspecify.annotations.Nullable;

/**
 * How messages lie in a row of the spool.
 *
 * <pre>
 * content  = version message*
 * message  = head [origin] [time] length payload
 * head     = varint: bit 0, an origin follows; bit 1, a time follows; the rest, zigzag, how far the sequence is from the last
 * origin   = connection stream port address    each a varint of its length, and bytes; the port a varint
 * time     = varint, milliseconds since the epoch
 * </pre>
 *
 * A message has the origin and time of the one before it unless it says otherwise, and of one connection only the first
 * does. Varints are those of protobuf. The listener is not written: a file belongs to one.
 */
final class BatchCodec {

    private static final byte VERSION = 1;
    private static final int MOST_VARINT = 10;
    private static final int ORIGIN_FOLLOWS = 1;
    private static final int TIME_FOLLOWS = 2;

    private BatchCodec() {}

    static byte[] encode(List<? extends Envelope> messages) {
        Output out = new Output(sizeOf(messages));
        out.bytes[out.size++] = VERSION;
        Origin origin = null;
        long time = -1;
        long sequence = 0;
        for (Envelope message : messages) {
            // The same object for all messages of a connection.
            @SuppressWarnings("ReferenceEquality")
            boolean newOrigin = message.origin() != origin;
            boolean newTime = message.receivedAt() != time;
            long step = message.sequence() - sequence;
            long zigzag = (step << 1) ^ (step >> 63);
            out.varint(zigzag << 2 | (newOrigin ? ORIGIN_FOLLOWS : 0) | (newTime ? TIME_FOLLOWS : 0));
            if (newOrigin) {
                origin = message.origin();
                out.origin(origin);
            }
            if (newTime) {
                time = message.receivedAt();
                out.varint(time);
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
     * @throws IllegalArgumentException if the content is not what {@link #encode} wrote
     */
    static List<Envelope> decode(String listener, int messages, byte[] content) {
        try {
            return new Input(content).messages(listener, messages);
        } catch (ArrayIndexOutOfBoundsException | UnknownHostException ex) {
            throw new IllegalArgumentException("not the content of a spool's row", ex);
        }
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

        List<Envelope> messages(String listener, int count) throws UnknownHostException {
            if (count < 0 || count > bytes.length || bytes[at++] != VERSION) {
                throw new IllegalArgumentException("not the content of a spool's row");
            }
            List<Envelope> messages = new ArrayList<>(count);
            @Nullable Origin origin = null;
            long time = 0;
            long sequence = 0;
            for (int i = 0; i < count; i++) {
                long head = varint();
                if ((head & ORIGIN_FOLLOWS) != 0) {
                    origin = origin(listener);
                }
                if ((head & TIME_FOLLOWS) != 0) {
                    time = varint();
                }
                long zigzag = head >>> 2;
                sequence += (zigzag >>> 1) ^ -(zigzag & 1);
                if (origin == null) {
                    throw new IllegalArgumentException("a message without an origin");
                }
                messages.add(new SpooledMessage(origin, sequence, time, block()));
            }
            return messages;
        }

        private Origin origin(String listener) throws UnknownHostException {
            String connection = new String(block(), StandardCharsets.UTF_8);
            String stream = new String(block(), StandardCharsets.UTF_8);
            int port = (int) varint();
            InetAddress address = InetAddress.getByAddress(block());
            return new Origin(
                    listener,
                    connection,
                    // One text for both, as they mostly are.
                    stream.equals(connection) ? connection : stream,
                    new InetSocketAddress(address, port));
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
            long length = varint();
            if (length < 0 || length > bytes.length - at) {
                throw new IllegalArgumentException("a block beyond the end");
            }
            byte[] block = Arrays.copyOfRange(bytes, at, at + (int) length);
            at += (int) length;
            return block;
        }
    }
}
