package dev.sluice.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a peer sends, as it comes; remembers how it began. */
final class Answers extends FilterInputStream {

    /** A whole record: type, version 3.x, a length of two, level, and what it is about (RFC 8446, section 6). */
    private static final int ALERT = 7;

    private final byte[] first = new byte[ALERT];
    private long count;

    Answers(InputStream in) {
        super(in);
    }

    /** Whether nothing has come. */
    boolean none() {
        return count == 0;
    }

    /** Whether all that has come is an alert of TLS, as a port that speaks it answers plain text. */
    boolean isTlsAlert() {
        return count == ALERT
                && first[0] == 0x15
                && first[1] == 3
                && first[2] <= 4
                && first[3] == 0
                && first[4] == 2
                && (first[5] == 1 || first[5] == 2);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        if (read > 0) {
            if (count < ALERT) {
                System.arraycopy(bytes, offset, first, (int) count, (int) Math.min(read, ALERT - count));
            }
            count += read;
        }
        return read;
    }
}
