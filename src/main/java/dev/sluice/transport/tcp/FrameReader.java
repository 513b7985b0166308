package dev.sluice.transport.tcp;

import dev.sluice.memory.Holding;
import dev.sluice.transport.Reason;
import dev.sluice.transport.framing.FrameDecoder;
import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a connection's bytes in bulk and finds the frames in them. What {@link #next} has found is dealt with, by {@link #take}
 * or {@link #skip}, before it is called again. Belongs to the connection's thread.
 */
final class FrameReader {

    private final FrameDecoder decoder;
    private final ReadBuffer buffer;

    /**
     * @param maxSize of a payload, in bytes
     * @param memory of the connection
     */
    FrameReader(Framing framing, int maxSize, Holding memory) {
        this.decoder = framing.newDecoder(maxSize);
        this.buffer = new ReadBuffer(maxSize, memory);
    }

    /** Reads once, at most so many bytes. Answers how many came, or -1 at the end of the stream. */
    int read(InputStream in, int mostBytes) throws IOException {
        return buffer.fill(in, mostBytes);
    }

    /** Whether the last read brought as much as there was room for, so that there may be more. */
    boolean wasFilled() {
        return buffer.wasFilled();
    }

    /** Whether something has begun that has not ended. */
    boolean isWithinFrame() {
        return !buffer.isEmpty() || decoder.skipping();
    }

    /** Whether that is a frame too large, so that the rest of it is thrown away. */
    boolean isSkipping() {
        return decoder.skipping();
    }

    /** Whether the bytes at hand look like those of a TLS client. */
    boolean isAtClientHello() {
        return ClientHello.begins(buffer.bytes(), buffer.start(), buffer.end());
    }

    Result next() {
        return decoder.decode(buffer.bytes(), buffer.start(), buffer.end());
    }

    /** The same at the end of the stream: what becomes of the bytes that are left. */
    Result last() {
        return decoder.end(buffer.bytes(), buffer.start(), buffer.end());
    }

    /** Of the payload of the frame found, in bytes. */
    int size() {
        return decoder.frameEnd() - decoder.frameStart();
    }

    /** A copy of the payload of the frame found, which is done with then. */
    byte[] take() {
        byte[] payload = buffer.copy(decoder.frameStart(), decoder.frameEnd());
        skip();
        return payload;
    }

    /** What was found is done with. */
    void skip() {
        buffer.consumeTo(decoder.next());
    }

    /** How many bytes between frames were passed over since this was last asked. */
    int takePassedOver() {
        return decoder.takePassedOver();
    }

    /** Counts the frame that was found to be malformed. */
    void dropMalformed(ConnectionTraffic traffic) {
        traffic.malformed(decoder.problem());
    }

    /** Counts what has been read and will not be handed on any more. */
    void dropRest(ConnectionTraffic traffic) {
        while (!buffer.isEmpty()) {
            switch (next()) {
                case FRAME -> traffic.count(Reason.Dropped.CLOSED);
                case BROKEN_OFF -> traffic.dropped(Reason.Dropped.INCOMPLETE);
                case OVERSIZE -> traffic.dropped(Reason.Dropped.OVERSIZE);
                case MALFORMED -> {
                    dropMalformed(traffic);
                    return;
                }
                case MORE -> {
                    // There may be something between frames that is nobody's.
                    skip();
                    if (!buffer.isEmpty() && !decoder.skipping()) {
                        traffic.dropped(Reason.Dropped.INCOMPLETE);
                    }
                    return;
                }
            }
            skip();
        }
    }
}
