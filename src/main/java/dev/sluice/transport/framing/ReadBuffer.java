package dev.sluice.transport.framing;

import dev.sluice.memory.Holding;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/**
 * What has been read of a connection and is not yet a frame. Starts small, since most connections are quiet most of the
 * time; grows fourfold when a read fills it, or as a frame in progress needs; is small again after a quiet while. Where memory
 * is tight it grows for a frame in progress only, and is small again as soon as it is empty.
 */
final class ReadBuffer {

    static final int SMALL = 1024;
    static final int LARGE = 64 * 1024;

    /** After so many reads that an eighth would have held. */
    private static final int QUIET_READS = 32;

    private final int most;
    private final Holding memory;
    private byte[] bytes = new byte[SMALL];
    private int start;
    private int end;
    private boolean filled;
    private int quietReads;

    /**
     * @param maxSize of a payload; never more than this and an overhead stays in the buffer, so a read always finds room
     * @param memory of the connection, which {@link #SMALL} bytes are part of anyway
     */
    ReadBuffer(int maxSize, Holding memory) {
        this.memory = memory;
        this.most = Math.clamp((long) maxSize + FrameDecoder.MOST_OVERHEAD, LARGE, Integer.MAX_VALUE - 8);
    }

    /**
     * Reads once. Returns how many bytes came, or -1 at the end of the stream.
     *
     * @throws SocketException if there is no memory for it: the connection is closed then
     */
    int fill(InputStream in) throws IOException {
        return fill(in, Integer.MAX_VALUE);
    }

    /** Reads once, at most so many bytes. */
    int fill(InputStream in, int mostBytes) throws IOException {
        makeRoom();
        return filled(in.read(bytes, end, Math.min(mostBytes, bytes.length - end)));
    }

    /** Reads once what the channel holds. */
    int fill(ReadableByteChannel in) throws IOException {
        makeRoom();
        return filled(in.read(ByteBuffer.wrap(bytes, end, bytes.length - end)));
    }

    private int filled(int n) {
        if (n > 0) {
            end += n;
            filled = end == bytes.length;
            quietReads = n < bytes.length / 8 ? quietReads + 1 : 0;
        }
        return n;
    }

    /** Returns whether the last read brought as much as there was room for. */
    boolean wasFilled() {
        return filled;
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    boolean isEmpty() {
        return start == end;
    }

    void consumeTo(int position) {
        start = position;
    }

    private void makeRoom() throws SocketException {
        if (start == end) {
            start = 0;
            end = 0;
            if (filled) {
                if (bytes.length < LARGE && !memory.isTight()) {
                    bytes = resized(Math.min(bytes.length * 4, LARGE));
                }
            } else if (bytes.length > SMALL && (quietReads >= QUIET_READS || memory.isTight())) {
                bytes = resized(SMALL);
            }
        } else if (filled) {
            int size = end - start;
            long length = size > bytes.length / 2 || bytes.length < LARGE ? bytes.length * 2L : bytes.length;
            moveTo(resized(Math.clamp(length, size + 1, most)));
        } else if (start > 0 && bytes.length - end < bytes.length / 4) {
            moveTo(bytes);
        }
        filled = false;
    }

    private byte[] resized(int length) throws SocketException {
        if (!memory.tryResize(bytes.length, length)) {
            throw new SocketException("Socket closed");
        }
        return new byte[length];
    }

    private void moveTo(byte[] target) {
        System.arraycopy(bytes, start, target, 0, end - start);
        bytes = target;
        end -= start;
        start = 0;
    }

    /** A copy of the bytes from {@code from} to before {@code to}. */
    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }
}
