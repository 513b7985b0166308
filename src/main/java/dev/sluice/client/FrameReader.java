package dev.sluice.client;

import dev.sluice.transport.framing.FrameDecoder;
import dev.sluice.transport.framing.FrameDecoder.Result;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Frames out of a stream. Its buffer grows with the frame in it, at most to {@code maxSize} and a little. A read that times
 * out loses nothing: call {@link #read()} again.
 */
final class FrameReader {

    private static final int FIRST_SIZE = 8 * 1024;

    private final InputStream in;
    private final FrameDecoder decoder;
    private byte[] buffer = new byte[FIRST_SIZE];
    private int from;
    private int to;
    private long brokenOff;

    FrameReader(InputStream in, FrameDecoder decoder) {
        this.in = in;
        this.decoder = decoder;
    }

    /**
     * Looks for a frame in what has been read. A frame that was broken off is passed over, see {@link #brokenOff()}.
     *
     * @return whether there is one: its payload is from {@link #frameStart()} to before {@link #frameEnd()}
     */
    boolean decode() throws UnframedException {
        Result result;
        do {
            result = decoder.decode(buffer, from, to);
            switch (result) {
                case FRAME, MORE -> {}
                case BROKEN_OFF -> brokenOff++;
                case OVERSIZE -> throw new UnframedException("");
                case MALFORMED -> throw new UnframedException(decoder.problem());
            }
            from = decoder.next();
        } while (result == Result.BROKEN_OFF);
        return result == Result.FRAME;
    }

    /**
     * Waits for bytes.
     *
     * @return whether some came; {@code false} at the end of the stream
     */
    boolean read() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(Integer.MAX_VALUE - 8, buffer.length * 2L));
        }
        int count = in.read(buffer, to, buffer.length - to);
        if (count < 0) {
            return false;
        }
        to += count;
        return true;
    }

    /** Whether the bytes left, after which no more will come, are a last frame. */
    boolean decodeLast() {
        if (decoder.end(buffer, from, to) == Result.FRAME) {
            from = decoder.next();
            return true;
        }
        return false;
    }

    /** Forgets what has been read. */
    void discard() {
        from = 0;
        to = 0;
    }

    /** How many bytes have been read that belong to no frame yet. */
    int unfinished() {
        return to - from;
    }

    /** How many frames the peer has broken off to begin another. */
    long brokenOff() {
        return brokenOff;
    }

    byte[] buffer() {
        return buffer;
    }

    int frameStart() {
        return decoder.frameStart();
    }

    int frameEnd() {
        return decoder.frameEnd();
    }

    byte[] frame() {
        return Arrays.copyOfRange(buffer, frameStart(), frameEnd());
    }

    /** What has been read cannot be cut into frames. */
    static final class UnframedException extends Exception {
        private static final long serialVersionUID = 1;

        /**
         * @param problem empty if a frame is larger than allowed
         */
        UnframedException(String problem) {
            super(problem);
        }

        boolean oversize() {
            return problem().isEmpty();
        }

        String problem() {
            return String.valueOf(getMessage());
        }
    }
}
