package dev.sluice.transport.framing;

import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.framing.FrameDecoder.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ReadableByteChannel;

/**
 * Reads a stream in bulk and finds the frames in it. What {@link #next} has found is done with; its {@link #payload} can be
 * had until the next read. Used by one thread at a time.
 */
public final class FrameReader {

    private static final MemoryBudget BOUNDLESS = new MemoryBudget(Long.MAX_VALUE);

    private final FrameDecoder decoder;
    private final ReadBuffer buffer;

    /** One whose memory is nobody's business. */
    public FrameReader(FrameDecoder decoder) {
        this(decoder, BOUNDLESS.aside());
    }

    /**
     * @param memory that the buffer is part of, as long as it is small
     */
    public FrameReader(FrameDecoder decoder, Holding memory) {
        this.decoder = decoder;
        this.buffer = new ReadBuffer(decoder.maxSize(), memory);
    }

    /** Reads once. Returns how many bytes came, or -1 at the end of the stream. */
    public int read(InputStream in) throws IOException {
        return buffer.fill(in);
    }

    /**
     * Reads once, at most so many bytes. Returns how many came, or -1 at the end of the stream.
     *
     * @throws java.net.SocketException if there is no memory for them
     */
    public int read(InputStream in, int mostBytes) throws IOException {
        return buffer.fill(in, mostBytes);
    }

    /** The same of a channel, of which 0 bytes may come if it does not block. */
    public int read(ReadableByteChannel in) throws IOException {
        return buffer.fill(in);
    }

    /** Returns whether the last read brought as much as there was room for, so that there may be more. */
    public boolean wasFilled() {
        return buffer.wasFilled();
    }

    /** Returns how many bytes have been read that belong to no frame yet. */
    public int unfinished() {
        return buffer.end() - buffer.start();
    }

    /** Forgets what has been read. */
    public void discard() {
        buffer.consumeTo(buffer.end());
    }

    /** Returns whether something has begun that has not ended. */
    public boolean isWithinFrame() {
        return !buffer.isEmpty() || decoder.skipping();
    }

    /** Returns whether that is a frame too large, so that the rest of it is thrown away. */
    public boolean isSkipping() {
        return decoder.skipping();
    }

    /** A copy of what has been read and belongs to no frame yet, or of so many bytes of its beginning. */
    public byte[] rest(int mostBytes) {
        return buffer.copy(buffer.start(), buffer.start() + Math.min(mostBytes, unfinished()));
    }

    /** Looks for the next frame in what has been read. */
    public Result next() {
        Result found = decoder.decode(buffer.bytes(), buffer.start(), buffer.end());
        buffer.consumeTo(decoder.next());
        return found;
    }

    /** The same at the end of the stream: what becomes of the bytes that are left. */
    public Result last() {
        Result found = decoder.end(buffer.bytes(), buffer.start(), buffer.end());
        buffer.consumeTo(decoder.next());
        return found;
    }

    /** The length of the payload of the frame found, in bytes. */
    public int size() {
        return decoder.frameEnd() - decoder.frameStart();
    }

    /** A copy of the payload of the frame found. */
    public byte[] payload() {
        return buffer.copy(decoder.frameStart(), decoder.frameEnd());
    }

    /** How many bytes between frames were passed over since this was last asked. */
    public int takePassedOver() {
        return decoder.takePassedOver();
    }

    /** Why what was found is malformed, in words for an operator. */
    public String problem() {
        return decoder.problem();
    }
}
