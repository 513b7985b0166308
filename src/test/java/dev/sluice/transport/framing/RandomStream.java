package dev.sluice.transport.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.transport.framing.FramingProperties.Type;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Streams for one framing: frames whose reading is known, and bytes of no good will. */
final class RandomStream {

    private static final int[] SIZES = {0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65};

    /** Bytes that mean something to one framing or another. */
    private static final byte[] TELLING =
            "\0\1\2\3\4\u000b\u001c\r\r\n\n  00123456789|ab\u007f\u0080\u0081\u00ff".getBytes(ISO_8859_1);

    private final FramingProperties properties;
    private final Framing framing;
    private final int maxSize;
    private final Random random;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> messages = new ArrayList<>();
    private int oversize;
    private int brokenOff;
    private int passedOver;
    /** Whether an empty line is none, since a counted message came just before. */
    private boolean behindCounted;

    RandomStream(FramingProperties properties, Random random) {
        this.properties = properties;
        this.framing = properties.toFraming();
        this.maxSize = (int) properties.maxSize().toBytes();
        this.random = random;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** What a reader has to make of the frames if it skips those too large. */
    Reading expected() {
        boolean atEnd = properties.type() == Type.UNTIL_CLOSE && !messages.isEmpty();
        return new Reading(messages, oversize, 0, brokenOff, atEnd, passedOver);
    }

    RandomStream writeFrames() {
        int frames = properties.type() == Type.UNTIL_CLOSE ? 1 : random.nextInt(12);
        for (int i = 0; i < frames; i++) {
            writeFrame();
        }
        return this;
    }

    /** Frames, some of which a peer has damaged, and anything else. */
    RandomStream writeGarbage() {
        writeFrames();
        byte[] damaged = bytes.toByteArray();
        for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] = anyByte();
        }
        bytes.reset();
        bytes.write(damaged, 0, random.nextInt(damaged.length + 1));
        for (int i = random.nextInt(200); i > 0; i--) {
            bytes.write(anyByte());
        }
        return this;
    }

    private void writeFrame() {
        switch (properties.type()) {
            case LINE -> writeLine(payloadWithout("\n"));
            case OCTET_COUNTED -> {
                byte[] payload = payload();
                if (payload.length > 0 && random.nextBoolean()) {
                    writeEncoded(payload);
                    behindCounted = true;
                } else {
                    byte[] line = notCounted(payloadWithout("\n"));
                    if (behindCounted && (line.length == 0 || random.nextBoolean())) {
                        passedOver += writeLineBreak();
                    }
                    writeLine(line);
                    behindCounted = false;
                }
            }
            case CRLF -> writeEncoded(payloadWithout("\r\n"));
            case NUL -> writeEncoded(payloadWithout("\0"));
            case DELIMITED -> writeEncoded(payloadWithout(delimiter()));
            case STX_ETX -> writeEnclosed((byte) 2, payloadWithout("\3"));
            case MLLP -> writeEnclosed((byte) 0x0B, payloadWithout("\u001c\r"));
            case FIXED -> writeEncoded(bytesOf(SampleFramings.FIXED_SIZE));
            case UNTIL_CLOSE, RAW -> {
                byte[] payload = payload();
                if (payload.length > 0) {
                    writeEncoded(payload);
                }
            }
            case LENGTH_PREFIXED, VARINT -> writeEncoded(payload());
            case COBS -> writeCobs(payload());
            case FRAMES -> writeWholeFrame();
        }
    }

    /** A zero byte more than there has to be is nothing. */
    private void writeCobs(byte[] payload) {
        if (random.nextInt(4) == 0) {
            bytes.write(0);
            passedOver++;
        }
        writeEncoded(payload);
    }

    /** What is a payload there is a frame already. */
    private void writeWholeFrame() {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        switch (properties.frames().getFirst().charAt(1)) {
            case 'E' -> {
                byte[] body = payload();
                byte checksum = 0;
                for (byte value : body) {
                    checksum ^= value;
                }
                frame.write(0x7E);
                frame.writeBytes(body);
                frame.write(checksum);
                frame.write(0x7E);
            }
            case 'Z' -> {
                byte[] body = payload();
                frame.writeBytes(new byte[] {'Z', 0, 0, 0, (byte) body.length});
                frame.writeBytes(body);
            }
            default -> {
                frame.write('$');
                frame.writeBytes(payloadWithout("\r\n"));
                frame.writeBytes(new byte[] {'\r', '\n'});
            }
        }
        FrameBuffer escaped = new FrameBuffer();
        framing.encode(frame.toByteArray(), escaped);
        bytes.writeBytes(escaped.toByteArray());
        if (escaped.size() > maxSize) {
            oversize++;
        } else {
            messages.add(Reading.message(frame.toByteArray()));
        }
    }

    private String delimiter() {
        return new String(((Framing.Delimited) framing).delimiter(), ISO_8859_1);
    }

    private void writeEncoded(byte[] payload) {
        FrameBuffer frame = new FrameBuffer();
        framing.encode(payload, frame);
        bytes.writeBytes(frame.toByteArray());
        sent(payload);
    }

    /** Some senders add line breaks, or begin a frame that they give up. */
    private void writeEnclosed(byte start, byte[] payload) {
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes.write(random.nextBoolean() ? '\r' : '\n');
            passedOver++;
        }
        for (int i = 0; i < payload.length; i++) {
            payload[i] = payload[i] == start ? (byte) '-' : payload[i];
        }
        if (random.nextInt(4) == 0) {
            bytes.write(start);
            bytes.write(payload, 0, Math.min(payload.length, maxSize));
            brokenOff++;
        }
        writeEncoded(payload);
    }

    private int writeLineBreak() {
        if (random.nextBoolean()) {
            bytes.write('\n');
            return 1;
        }
        bytes.writeBytes(new byte[] {'\r', '\n'});
        return 2;
    }

    private void writeLine(byte[] payload) {
        bytes.writeBytes(payload);
        if (random.nextBoolean() || payload.length > 0 && payload[payload.length - 1] == '\r') {
            bytes.write('\r');
        }
        bytes.write('\n');
        sent(payload);
    }

    private void sent(byte[] payload) {
        if (payload.length > maxSize && properties.type() != Type.RAW) {
            oversize++;
        } else {
            messages.add(Reading.message(payload));
        }
    }

    private static byte[] notCounted(byte[] line) {
        if (line.length > 0) {
            line[0] = '<';
        }
        return line;
    }

    private byte[] payloadWithout(String end) {
        byte[] payload = payload();
        for (int i = earlyEnd(payload, end); i >= 0; i = earlyEnd(payload, end)) {
            // No end that is tested holds this byte.
            payload[i] = '-';
        }
        return payload;
    }

    /** Where the first end lies, if that is before the payload's own end; else -1. */
    private static int earlyEnd(byte[] payload, String end) {
        int found = (Reading.message(payload) + end).indexOf(end);
        return found < payload.length ? found : -1;
    }

    private byte[] payload() {
        int choice = random.nextInt(SIZES.length + 5) - SIZES.length;
        return bytesOf(
                switch (choice) {
                    case 0 -> maxSize - 1;
                    case 1 -> maxSize;
                    case 2 -> maxSize + 1;
                    case 3 -> maxSize + random.nextInt(40);
                    case 4 -> random.nextInt(250);
                    default -> SIZES[choice + SIZES.length];
                });
    }

    private byte[] bytesOf(int size) {
        byte[] result = new byte[size];
        for (int i = 0; i < size; i++) {
            result[i] = anyByte();
        }
        return result;
    }

    private byte anyByte() {
        return random.nextInt(4) == 0 ? (byte) random.nextInt(256) : TELLING[random.nextInt(TELLING.length)];
    }
}
