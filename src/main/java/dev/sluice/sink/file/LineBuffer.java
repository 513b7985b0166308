package dev.sluice.sink.file;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** What goes to a file in one write, as far as it is not large. Without locks, and as small as what it had to hold. */
final class LineBuffer extends OutputStream {

    private static final int INITIAL = 8 * 1024;
    private static final int MOST = 512 * 1024;

    private final OutputStream out;
    private byte[] bytes = new byte[INITIAL];
    private int length;
    private long count;

    LineBuffer(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        if (length == bytes.length) {
            makeRoom(1);
        }
        bytes[length++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
        if (count > bytes.length - length) {
            if (count > MOST) {
                flush();
                out.write(source, offset, count);
                this.count += count;
                return;
            }
            makeRoom(count);
        }
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    private void makeRoom(int count) throws IOException {
        if (length + count > MOST) {
            flush();
        }
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(MOST, Math.max(2 * bytes.length, length + count)));
        }
    }

    /** Writes what it holds; does not force that to the disk. */
    @Override
    public void flush() throws IOException {
        out.write(bytes, 0, length);
        count += length;
        length = 0;
    }

    /** How many bytes went on since it was asked last. */
    long takeCount() {
        long taken = count;
        count = 0;
        return taken;
    }
}
