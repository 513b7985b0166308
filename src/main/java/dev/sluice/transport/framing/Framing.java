package dev.sluice.transport.framing;

import dev.sluice.pattern.ByteSearch;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where a message ends on a stream of bytes, and how a reply is framed the same way. Immutable; each connection has a
 * {@link FrameDecoder} of its own.
 */
public sealed interface Framing {

    /**
     * @param maxSize the largest payload, in bytes
     */
    FrameDecoder newDecoder(int maxSize);

    /**
     * Appends the payload as one frame.
     *
     * @throws IllegalArgumentException if this framing cannot carry it, so that the peer would see other frames;
     *     nothing is appended then
     */
    void encode(byte[] payload, FrameBuffer out);

    /** LF, and a CR before it. Frames written end in LF; a line break within a payload is the writer's own. */
    record Line() implements Framing {
        private static final byte[] LF = {'\n'};

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new DelimitedDecoder(LF, true, maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            out.append(payload);
            out.append((byte) '\n');
        }
    }

    /** CR LF; a line break within a payload is the writer's own. */
    record Crlf() implements Framing {
        private static final byte[] CRLF = {'\r', '\n'};

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new DelimitedDecoder(CRLF, false, maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            out.append(payload);
            out.append(CRLF);
        }
    }

    /**
     * Any byte sequence, NUL among them.
     *
     * @param delimiter at least one byte
     */
    record Delimited(byte[] delimiter) implements Framing {

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new DelimitedDecoder(delimiter, false, maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            refuse(payload, delimiter);
            out.append(payload);
            out.append(delimiter);
        }
    }

    /**
     * A length field before the payload.
     *
     * @param bytes of the field, 1 to 4
     * @param order of these bytes
     * @param includesHeader whether the length counts the field too
     */
    record LengthPrefixed(int bytes, ByteOrder order, boolean includesHeader) implements Framing {

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new HeaderDecoder(new Headers.LengthField(bytes, order, includesHeader), maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            new Headers.LengthField(bytes, order, includesHeader).write(payload.length, out);
            out.append(payload);
        }
    }

    /** A Protocol Buffers varint before the payload. */
    record Varint() implements Framing {
        private static final Headers.Varint HEADER = new Headers.Varint();

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new HeaderDecoder(HEADER, maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            HEADER.write(payload.length, out);
            out.append(payload);
        }
    }

    /**
     * Every N bytes.
     *
     * @param size of each frame, in bytes
     */
    record Fixed(int size) implements Framing {

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new HeaderDecoder(new Headers.FixedSize(size), maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            if (payload.length != size) {
                throw new IllegalArgumentException(
                        "a payload of " + payload.length + " bytes is not a frame of " + size + " bytes");
            }
            out.append(payload);
        }
    }

    /**
     * A start byte and an end sequence around the payload, which can hold neither.
     *
     * @param start before the payload
     * @param end after it, at least one byte, without the start byte
     */
    record Enclosed(byte start, byte[] end) implements Framing {

        /** 0x02 … 0x03. */
        public static final Enclosed STX_ETX = new Enclosed((byte) 0x02, new byte[] {0x03});
        /** 0x0B … 0x1C 0x0D: HL7's Minimal Lower Layer Protocol, release 1. */
        public static final Enclosed MLLP = new Enclosed((byte) 0x0B, new byte[] {0x1C, 0x0D});

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new EnclosedDecoder(start, end, maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            refuse(payload, end);
            if (ByteSearch.indexOf(payload, 0, payload.length, start) >= 0) {
                throw new IllegalArgumentException("the payload holds the start of a frame");
            }
            out.append(start);
            out.append(payload);
            out.append(end);
        }
    }

    /**
     * Syslog over TCP (RFC 6587): counted messages and LF-framed lines on the same stream. Frames written are counted,
     * but for an empty one: a count is never zero there.
     *
     * @param emptyLines whether an empty payload is written as an empty line, which behind a counted message readers
     *     pass over; else it is refused
     */
    record OctetCounted(boolean emptyLines) implements Framing {

        public OctetCounted() {
            this(true);
        }

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new OctetCountedDecoder(maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            if (payload.length == 0) {
                if (!emptyLines) {
                    throw new IllegalArgumentException("a counted message is never empty");
                }
                out.append((byte) '\n');
                return;
            }
            out.append((payload.length + " ").getBytes(StandardCharsets.US_ASCII));
            out.append(payload);
        }
    }

    /** One message: all until the peer ends its side. A reply is written as it is. */
    record UntilClose() implements Framing {

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new UntilCloseDecoder(maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            out.append(payload);
        }
    }

    /** Consistent Overhead Byte Stuffing: a zero byte, which stands nowhere within. */
    record Cobs() implements Framing {

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new CobsDecoder(maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            out.append(CobsDecoder.encoded(payload));
        }
    }

    /**
     * As patterns describe them. A payload is a whole frame, so a reply is written as it is, but for what is to be
     * escaped.
     *
     * @param onMismatch what becomes of a frame whose checksum is wrong
     */
    record Frames(dev.sluice.pattern.Frames patterns, FramingProperties.OnMismatch onMismatch) implements Framing {

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new FramesDecoder(patterns, onMismatch == FramingProperties.OnMismatch.PASS, maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            out.append(patterns.escaped(payload));
        }
    }

    /** None: a message is what a read returned. A reply is written as it is. */
    record Raw() implements Framing {

        @Override
        public FrameDecoder newDecoder(int maxSize) {
            return new RawDecoder(maxSize);
        }

        @Override
        public void encode(byte[] payload, FrameBuffer out) {
            out.append(payload);
        }
    }

    /** Refuses a payload in which a frame would end early: also one whose last bytes and the end make an end sooner. */
    private static void refuse(byte[] payload, byte[] end) {
        boolean early = ByteSearch.indexOf(payload, 0, payload.length, end) >= 0;
        for (int i = Math.max(0, payload.length - end.length + 1); i < payload.length && !early; i++) {
            int inPayload = payload.length - i;
            early = Arrays.equals(payload, i, payload.length, end, 0, inPayload)
                    && Arrays.equals(end, inPayload, end.length, end, 0, end.length - inPayload);
        }
        if (early) {
            throw new IllegalArgumentException("the payload holds the end of a frame");
        }
    }
}
