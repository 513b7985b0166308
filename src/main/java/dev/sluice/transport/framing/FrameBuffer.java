package dev.sluice.transport.framing;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Frames on their way out. Used by one thread at a time, so without the lock of a {@code ByteArrayOutputStream}. */
public final class FrameBuffer {

    private static final int SMALL = 1024;

    /** Hears of the memory that a buffer takes, before it does, and of what it gives back. */
    @FunctionalInterface
    public interface Growth {

        /**
         * In bytes.
         *
         * @throws RuntimeException if there is no memory; the buffer stays as it is
         */
        void resizes(int from, int to);
    }

    private final Growth growth;
    private byte[] bytes = {};
    private int size;

    /** One whose memory is nobody's business. */
    public FrameBuffer() {
        this((from, to) -> {});
    }

    public FrameBuffer(Growth growth) {
        this.growth = growth;
    }

    public int size() {
        return size;
    }

    void append(byte b) {
        ensureSpace(1);
        bytes[size++] = b;
    }

    /** Appends bytes as they are, unframed. */
    public void append(byte[] source) {
        ensureSpace(source.length);
        System.arraycopy(source, 0, bytes, size, source.length);
        size += source.length;
    }

    /** Appends the bytes of another from {@code from} to before {@code to} as they are. */
    public void append(FrameBuffer source, int from, int to) {
        ensureSpace(to - from);
        System.arraycopy(source.bytes, from, bytes, size, to - from);
        size += to - from;
    }

    /** Takes back what was appended beyond this size. */
    public void truncate(int size) {
        this.size = size;
    }

    /** Writes all to the stream in one call and is empty then, also after an error. */
    public void drainTo(OutputStream out) throws IOException {
        try {
            out.write(bytes, 0, size);
        } finally {
            size = 0;
        }
    }

    /** Writes the bytes from {@code from} to before {@code to}; they stay until {@link #truncate}. */
    public void writeTo(OutputStream out, int from, int to) throws IOException {
        out.write(bytes, from, to - from);
    }

    /** What is in it; for whoever sends it by other means than a stream. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Returns the first bytes, at most so many. */
    public byte[] first(int most) {
        return Arrays.copyOf(bytes, Math.min(size, most));
    }

    /** Gives back what a burst has made it grow to, if it is empty. */
    public void shrink() {
        if (size == 0 && bytes.length > SMALL) {
            growth.resizes(bytes.length, 0);
            bytes = new byte[0];
        }
    }

    private void ensureSpace(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            int length = Math.max(needed, Math.max(128, bytes.length * 2));
            growth.resizes(bytes.length, length);
            bytes = Arrays.copyOf(bytes, length);
        }
    }
}
