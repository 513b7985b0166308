package dev.sluice.transport.framing;

import dev.sluice.pattern.ByteSearch;
import java.util.Arrays;

/**
 * Consistent Overhead Byte Stuffing (S. Cheshire, M. Baker, 1999): a zero byte ends a frame, and stands nowhere else. A
 * frame is decoded where it stands, once it is complete. Zero bytes in a row are one.
 */
final class CobsDecoder extends FrameDecoder {

    private static final byte[] END = {0};
    /** So many bytes have one more at the most. */
    static final int MOST_BLOCK = 254;

    /** The largest frame, in bytes as they are sent. */
    private final int mostSent;

    private int searched;

    CobsDecoder(int maxSize) {
        super(maxSize);
        this.mostSent = (int) Math.min(Integer.MAX_VALUE - 8, maxSize + (long) maxSize / MOST_BLOCK + 1);
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        int begin = from;
        while (begin < to && buffer[begin] == 0 && !skipping) {
            begin++;
        }
        passOver(begin - from);
        int found = ByteSearch.indexOf(buffer, begin + searched, to, END);
        if (found < 0) {
            if (skipping) {
                return more(to);
            }
            searched = to - begin;
            if (searched <= mostSent) {
                return more(begin);
            }
            searched = 0;
            skipping = true;
            return oversize(to);
        }
        searched = 0;
        if (skipping) {
            skipping = false;
            return decode(buffer, found + 1, to);
        }
        if (found - begin > mostSent) {
            return oversize(found + 1);
        }
        int end = decoded(buffer, begin, found);
        if (end < 0) {
            return malformed(begin, "a block of a COBS frame ends beyond the frame");
        }
        return end - begin > maxSize() ? oversize(found + 1) : frame(begin, end, found + 1);
    }

    /** Decodes in place. Returns where the payload ends, or -1 if it is none. */
    private static int decoded(byte[] buffer, int from, int to) {
        int read = from;
        int write = from;
        while (read < to) {
            int code = buffer[read] & 0xFF;
            if (read + code > to) {
                return -1;
            }
            System.arraycopy(buffer, read + 1, buffer, write, code - 1);
            read += code;
            write += code - 1;
            if (code <= MOST_BLOCK && read < to) {
                buffer[write++] = 0;
            }
        }
        return write;
    }

    static byte[] encoded(byte[] payload) {
        byte[] encoded = new byte[payload.length + payload.length / MOST_BLOCK + 2];
        int code = 0;
        int write = 1;
        for (byte value : payload) {
            if (write - code > MOST_BLOCK) {
                encoded[code] = (byte) (write - code);
                code = write++;
            }
            if (value == 0) {
                encoded[code] = (byte) (write - code);
                code = write++;
            } else {
                encoded[write++] = value;
            }
        }
        encoded[code] = (byte) (write - code);
        // A zero byte ends it.
        return Arrays.copyOf(encoded, write + 1);
    }

    @Override
    int mostHeld() {
        return mostSent + 1;
    }
}
