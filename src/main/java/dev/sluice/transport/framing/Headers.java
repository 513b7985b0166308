package dev.sluice.transport.framing;

import java.nio.ByteOrder;

/** How the length of a frame can stand before its payload. */
final class Headers {

    private Headers() {}

    /**
     * An unsigned integer of fixed size.
     *
     * @param bytes 1 to 4
     * @param includesHeader whether the value counts these bytes too
     */
    record LengthField(int bytes, ByteOrder order, boolean includesHeader) implements HeaderDecoder.Header {

        @Override
        public long payloadLength(byte[] buffer, int from, int to) {
            if (to - from < bytes) {
                return INCOMPLETE;
            }
            long value = 0;
            for (int i = 0; i < bytes; i++) {
                value = value << 8 | buffer[order == ByteOrder.BIG_ENDIAN ? from + i : from + bytes - 1 - i] & 0xFF;
            }
            if (includesHeader) {
                value -= bytes;
                return value < 0 ? INVALID : value;
            }
            return value;
        }

        @Override
        public int length(byte[] buffer, int from) {
            return bytes;
        }

        @Override
        public String rule() {
            return "a length that includes its own " + bytes + " bytes cannot be less than that";
        }

        void write(int payloadLength, FrameBuffer out) {
            long value = (long) payloadLength + (includesHeader ? bytes : 0);
            if (value >>> 8 * bytes != 0) {
                throw new IllegalArgumentException(
                        "a payload of " + payloadLength + " bytes does not fit a length of " + bytes + " bytes");
            }
            for (int i = 0; i < bytes; i++) {
                int shift = 8 * (order == ByteOrder.BIG_ENDIAN ? bytes - 1 - i : i);
                out.append((byte) (value >>> shift));
            }
        }
    }

    /** A base 128 varint, as Protocol Buffers encode it: seven bits a byte, lowest first, ten bytes at the most. */
    record Varint() implements HeaderDecoder.Header {

        private static final int MOST_BYTES = 10;

        @Override
        public long payloadLength(byte[] buffer, int from, int to) {
            long value = 0;
            for (int i = 0; i < MOST_BYTES; i++) {
                if (from + i == to) {
                    return INCOMPLETE;
                }
                byte b = buffer[from + i];
                if (i == MOST_BYTES - 1 && b != 0) {
                    return INVALID;
                }
                value |= (b & 0x7FL) << 7 * i;
                if (b >= 0) {
                    return value;
                }
            }
            return INVALID;
        }

        @Override
        public int length(byte[] buffer, int from) {
            int length = 1;
            while (buffer[from + length - 1] < 0) {
                length++;
            }
            return length;
        }

        @Override
        public String rule() {
            return "a varint has ten bytes at the most and is less than 2^63";
        }

        void write(int payloadLength, FrameBuffer out) {
            int rest = payloadLength;
            while (rest > 0x7F) {
                out.append((byte) (rest | 0x80));
                rest >>>= 7;
            }
            out.append((byte) rest);
        }
    }

    /** No header: every frame has the same size. */
    record FixedSize(int size) implements HeaderDecoder.Header {

        @Override
        public long payloadLength(byte[] buffer, int from, int to) {
            return size;
        }

        @Override
        public int length(byte[] buffer, int from) {
            return 0;
        }

        @Override
        public String rule() {
            return "";
        }
    }
}
