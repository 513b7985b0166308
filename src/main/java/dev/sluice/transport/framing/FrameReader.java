package dev.sluice.transport.framing;

import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.framing.FrameDecoder.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/**
 * Reads a stream in bulk and finds the frames in it. What {@link #next} has found is done with; its {@link #payload}
 * can be had until the next read. A read that fails loses nothing. Used by one thread at a time.
 *
 * <p>What has been read and is not yet a frame is in a buffer, which starts small, since most connections are quiet
 * most of the time; grows fourfold when a read fills it, or as a frame in progress needs; is small again after a quiet
 * while. Where memory is tight it grows for a frame in progress only, and is small again as soon as it is empty.
 */
public final class FrameReader {

    private static final int SMALL = 512;
    static final int LARGE = 64 * 1024;
    /** The buffer is small again after so many reads that an eighth of it would have held. */
    private static final int QUIET_READS = 32;

    private static final MemoryBudget BOUNDLESS = new MemoryBudget(Long.MAX_VALUE);

    private FrameDecoder decoder;
    private final Holding memory;
    /** Never more than the largest payload and an overhead stays in the buffer, so a read always finds room. */
    private int most;

    private byte[] bytes = new byte[SMALL];
    private int start;
    private int end;
    /** Where the decoder looked from last. */
    private int from;

    private boolean filled;
    private int quietReads;

    /** One whose memory is nobody's business. */
    public FrameReader(FrameDecoder decoder) {
        this(decoder, BOUNDLESS.aside());
    }

    /**
     * @param memory that the buffer is part of anyway as long as it is small
     */
    public FrameReader(FrameDecoder decoder, Holding memory) {
        this.decoder = decoder;
        this.memory = memory;
        this.most = Math.max(decoder.mostHeld(), LARGE);
    }

    /**
     * From now on another finds the frames, of the same framing: to be called between frames, or right behind one that
     * was found.
     */
    public void goOnBy(FrameDecoder other) {
        other.goOnFrom(decoder);
        decoder = other;
        most = Math.max(most, other.mostHeld());
    }

    /** Reads once. Returns how many bytes came, or -1 at the end of the stream. */
    public int read(InputStream in) throws IOException {
        return read(in, Integer.MAX_VALUE);
    }

    /**
     * Reads once, at most so many bytes. Returns how many came, or -1 at the end of the stream.
     *
     * @throws SocketException if there is no memory for them: whose memory it is, is closed then
     */
    public int read(InputStream in, int mostBytes) throws IOException {
        makeRoom();
        return filled(in.read(bytes, end, Math.min(mostBytes, bytes.length - end)));
    }

    /** The same of a channel, of which 0 bytes may come if it does not block. */
    public int read(ReadableByteChannel in) throws IOException {
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

    /** Returns whether the last read brought as much as there was room for, so that there may be more. */
    public boolean wasFilled() {
        return filled;
    }

    /** Looks for the next frame in what has been read. */
    public Result next() {
        from = start;
        Result found = decoder.decode(bytes, from, end);
        start = decoder.next();
        return found;
    }

    /** The same at the end of the stream: what becomes of the bytes that are left. */
    public Result last() {
        from = start;
        Result found = decoder.end(bytes, from, end);
        start = decoder.next();
        return found;
    }

    /** The length of the payload of the frame found, in bytes. */
    public int size() {
        return decoder.frameEnd() - decoder.frameStart();
    }

    /** A copy of the payload of the frame found. */
    public byte[] payload() {
        return Arrays.copyOfRange(bytes, decoder.frameStart(), decoder.frameEnd());
    }

    /** Why what was found is malformed, in words for an operator. */
    public String problem() {
        return decoder.problem();
    }

    /**
     * How many bytes are there of what was last found, which is no frame, or none that can be had. Behind one that was
     * too large they may begin with the end of that.
     */
    public int refusedSize(Result found) {
        return refusedEnd(found) - refusedStart(found);
    }

    /** A copy of the first of these, at most so many. */
    public byte[] refused(Result found, int mostBytes) {
        int begin = refusedStart(found);
        return Arrays.copyOfRange(bytes, begin, Math.min(refusedEnd(found), begin + mostBytes));
    }

    private int refusedStart(Result found) {
        return switch (found) {
            case FRAME, MISMATCH -> decoder.frameStart();
            case MALFORMED -> start;
            case OVERSIZE, BROKEN_OFF -> from;
            // The end of the stream, which leaves none.
            case MORE -> start < end ? start : from;
        };
    }

    private int refusedEnd(Result found) {
        return switch (found) {
            case FRAME, MISMATCH -> decoder.frameEnd();
            case BROKEN_OFF -> start;
            case OVERSIZE -> decoder.skipping() ? end : start;
            case MORE, MALFORMED -> end;
        };
    }

    /** How many bytes between frames were passed over since this was last asked. */
    public int takePassedOver() {
        return decoder.takePassedOver();
    }

    /** How many frames were handed on though their checksum was wrong since this was last asked. */
    public int takePassed() {
        return decoder.takePassed();
    }

    /** How many bytes have been read that belong to no frame yet. */
    public int unfinished() {
        return end - start;
    }

    /** A copy of these, or of so many of the first. */
    public byte[] unfinished(int mostBytes) {
        return Arrays.copyOfRange(bytes, start, start + Math.min(mostBytes, unfinished()));
    }

    /** Returns whether something has begun that has not ended. */
    public boolean isWithinFrame() {
        return start < end || decoder.skipping();
    }

    /** Returns whether that is a frame too large, so that the rest of it is thrown away. */
    public boolean isSkipping() {
        return decoder.skipping();
    }

    /** Forgets what has been read. */
    public void discard() {
        start = end;
    }

    /** How many bytes the buffer takes. */
    int capacity() {
        return bytes.length;
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
}
