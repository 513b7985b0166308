package dev.sluice.transport.tcp;

import dev.sluice.memory.Holding;
import dev.sluice.transport.framing.FrameDecoder;
import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a stream in bulk and finds the frames in it. What {@link #next} has found is done with; its {@link #payload} can be
 * had until the next read. Used by one thread at a time.
 */
final class FrameReader {

    private final FrameDecoder decoder;
    private final ReadBuffer buffer;

    /**
     * @param maxSize of a payload, in bytes
     * @param memory that the buffer is part of
     */
    FrameReader(Framing framing, int maxSize, Holding memory) {
        this.decoder = framing.newDecoder(maxSize);
        this.buffer = new ReadBuffer(maxSize, memory);
    }

    /** Reads once, at most so many bytes. Returns how many came, or -1 at the end of the stream. */
    int read(InputStream in, int mostBytes) throws IOException {
        return buffer.fill(in, mostBytes);
    }

    /** Returns whether the last read brought as much as there was room for, so that there may be more. */
    boolean wasFilled() {
        return buffer.wasFilled();
    }

    /** Returns whether something has begun that has not ended. */
    boolean isWithinFrame() {
        return !buffer.isEmpty() || decoder.skipping();
    }

    /** Returns whether that is a frame too large, so that the rest of it is thrown away. */
    boolean isSkipping() {
        return decoder.skipping();
    }

    /** Returns whether the bytes at hand look like those of a TLS client. */
    boolean isAtClientHello() {
        return ClientHello.begins(buffer.bytes(), buffer.start(), buffer.end());
    }

    /** Looks for the next frame in what has been read. */
    Result next() {
        Result found = decoder.decode(buffer.bytes(), buffer.start(), buffer.end());
        buffer.consumeTo(decoder.next());
        return found;
    }

    /** The same at the end of the stream: what becomes of the bytes that are left. */
    Result last() {
        Result found = decoder.end(buffer.bytes(), buffer.start(), buffer.end());
        buffer.consumeTo(decoder.next());
        return found;
    }

    /** The length of the payload of the frame found, in bytes. */
    int size() {
        return decoder.frameEnd() - decoder.frameStart();
    }

    /** A copy of the payload of the frame found. */
    byte[] payload() {
        return buffer.copy(decoder.frameStart(), decoder.frameEnd());
    }

    /** How many bytes between frames were passed over since this was last asked. */
    int takePassedOver() {
        return decoder.takePassedOver();
    }

    /** Why what was found is malformed, in words for an operator. */
    String problem() {
        return decoder.problem();
    }
}
