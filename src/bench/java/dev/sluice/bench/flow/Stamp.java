package dev.sluice.bench.flow;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Lines of 64 bytes, LF included, that say when they were due. */
final class Stamp {

    /** Of a line that arrives without a time. */
    static final long NONE = -1;

    private static final int LENGTH = 64;
    private static final byte MARK = '@';
    private static final int DIGITS = 19;

    private Stamp() {}

    static byte[] line(long nanos) {
        byte[] line = new byte[LENGTH];
        Arrays.fill(line, (byte) '.');
        byte[] digits = "%c%019d".formatted(MARK, nanos).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, line, 0, digits.length);
        line[LENGTH - 1] = '\n';
        return line;
    }

    /** Without its end, as a sink sees it. */
    static byte[] payload(byte[] line) {
        return Arrays.copyOf(line, line.length - 1);
    }

    /** The time that a payload carries. */
    static long of(ByteBuffer payload) {
        int start = payload.position();
        if (payload.remaining() <= DIGITS || payload.get(start) != MARK) {
            return NONE;
        }
        long nanos = 0;
        for (int i = 1; i <= DIGITS; i++) {
            nanos = nanos * 10 + payload.get(start + i) - '0';
        }
        return nanos;
    }
}
