package dev.sluice.transport.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Random;

/** Frames that a hostile peer has been at: bits are flipped, bytes cut out, doubled and moved, lengths made extreme. */
public final class MutatedStream {

    private static final int MOST_MUTATIONS = 6;
    private static final int ONE_IN_IS_LONG = 500;
    private static final int LONG = 200_000;

    private static final byte[][] EXTREMES = {
        {0x7F, -1, -1, -1},
        {-1, -1, -1, -1},
        {0, 0, 0, 0},
        {-128, 0, 0, 0},
        {-1, -1, -1, 0x7F},
        {0, 0, 0, -128},
        {-1, -1, -1, -1, 0x07},
        {-1, -1, -1, -1, -1, -1, -1, -1, -1, 0x01},
        {-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, 0},
        "2147483647 ".getBytes(ISO_8859_1),
        "99999999999999999999 ".getBytes(ISO_8859_1),
        "-1 ".getBytes(ISO_8859_1),
        "\u000b\u001c".getBytes(ISO_8859_1),
        "\r\n\r".getBytes(ISO_8859_1)
    };

    private final Random random;
    private byte[] bytes;

    private MutatedStream(byte[] bytes, Random random) {
        this.bytes = bytes;
        this.random = random;
    }

    /** The same for the same seed. */
    public static byte[] of(FramingProperties framing, Random random) {
        return of(new RandomStream(framing, random).writeFrames().bytes(), random);
    }

    /** The same for the same frames and the same seed. */
    public static byte[] of(byte[] frames, Random random) {
        MutatedStream stream = new MutatedStream(frames, random);
        for (int i = random.nextInt(MOST_MUTATIONS + 1); i > 0; i--) {
            stream.mutate();
        }
        if (random.nextInt(ONE_IN_IS_LONG) == 0) {
            stream.lengthen();
        }
        return stream.bytes;
    }

    private void mutate() {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(20));
        byte[] part = Arrays.copyOfRange(bytes, from, to);
        switch (random.nextInt(7)) {
            case 0 -> {
                if (from < to) {
                    bytes[from] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                }
            }
            case 1 -> {
                random.nextBytes(part);
                replace(from, to, part);
            }
            case 2 -> replace(from, to, new byte[0]);
            case 3 -> replace(to, to, part);
            case 4 -> {
                replace(from, to, new byte[0]);
                int target = random.nextInt(bytes.length + 1);
                replace(target, target, part);
            }
            case 5 -> replace(from, random.nextBoolean() ? from : to, EXTREMES[random.nextInt(EXTREMES.length)]);
            default -> bytes = Arrays.copyOf(bytes, from);
        }
    }

    private void replace(int from, int to, byte[] by) {
        byte[] replaced = Arrays.copyOf(bytes, bytes.length - (to - from) + by.length);
        System.arraycopy(by, 0, replaced, from, by.length);
        System.arraycopy(bytes, to, replaced, from + by.length, bytes.length - to);
        bytes = replaced;
    }

    /** By saying a part of it over and over. */
    private void lengthen() {
        int from = random.nextInt(bytes.length + 1);
        byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(100)));
        if (part.length > 0) {
            byte[] all = new byte[part.length * (LONG / part.length)];
            for (int i = 0; i < all.length; i++) {
                all[i] = part[i % part.length];
            }
            replace(from, from, all);
        }
    }
}
