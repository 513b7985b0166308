package dev.sluice.transport.tcp;

import java.io.IOException;
import java.io.InputStream;

/**
 * The input of a connection that begins with a header. The header is read byte by byte, which takes more from the
 * socket than that one byte; what it has not used of that comes first when TLS or frames are read, in bulk, and from
 * then on all is the socket's own. Belongs to the connection's thread.
 */
final class HeaderInput extends InputStream {

    /** Holds a header as proxies write them, without what they may add for others to read. */
    private static final int READ_BYTES = 256;

    private static final byte[] NONE = {};

    private final InputStream in;
    private byte[] ahead = NONE;
    private int start;
    private int end;

    HeaderInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        if (start == end) {
            ahead = new byte[READ_BYTES];
            start = 0;
            end = Math.max(0, in.read(ahead));
        }
        return start == end ? -1 : ahead[start++] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (start == end) {
            return in.read(bytes, offset, length);
        }
        int n = Math.min(length, end - start);
        System.arraycopy(ahead, start, bytes, offset, n);
        start += n;
        if (start == end) {
            ahead = NONE;
        }
        return n;
    }

    @Override
    public int available() throws IOException {
        return end - start + in.available();
    }
}
