package dev.sluice.transport.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Does with a decoder what a connection does, without the socket: fills a buffer by reads, takes out frames until there
 * are no more, moves the rest to the front, and asks what the end of the stream makes of it. On the way it checks what
 * a decoder owes to whoever uses it.
 */
final class CheckedReader {

    /** When the bytes that are left move to the front of the buffer. */
    enum Moves {
        AT_EVERY_READ,
        WHEN_FULL
    }

    private final FrameDecoder decoder;
    private final int maxSize;
    private final boolean closesOnOversize;
    private final Moves moves;
    private final byte stale;

    private byte[] buffer = new byte[16];
    private int from;
    private int to;
    private boolean closed;

    private final List<String> messages = new ArrayList<>();
    private int oversize;
    private int malformed;
    private int brokenOff;
    private int passedOver;

    /**
     * @param stale what the buffer holds outside of the bytes that are to be decoded
     */
    CheckedReader(FramingProperties properties, Moves moves, byte stale) {
        this.maxSize = (int) properties.maxSize().toBytes();
        this.decoder = properties.toFraming().newDecoder(maxSize);
        this.closesOnOversize = properties.onOversize() == OnOversize.CLOSE;
        this.moves = moves;
        this.stale = stale;
    }

    /** The whole stream in one read. */
    static Reading whole(FramingProperties properties, byte[] stream) {
        CheckedReader reader = new CheckedReader(properties, Moves.AT_EVERY_READ, (byte) 0);
        reader.read(stream, 0, stream.length);
        return reader.end();
    }

    /** Nothing more is read after a frame that closes the connection. */
    void read(byte[] stream, int start, int end) {
        if (closed) {
            return;
        }
        makeSpace(end - start);
        System.arraycopy(stream, start, buffer, to, end - start);
        to += end - start;
        while (decodeOne()) {}
    }

    private boolean decodeOne() {
        Result result = decoder.decode(buffer, from, to);
        int next = decoder.next();
        check(next >= from && next <= to, result, "leads out of the buffer");
        switch (result) {
            case FRAME -> {
                check(next > from, result, "without progress");
                takeFrame();
            }
            case MISMATCH -> {
                check(next > from, result, "without progress");
                messages.add("mismatch of " + (decoder.frameEnd() - decoder.frameStart()));
            }
            case OVERSIZE -> {
                check(next > from, result, "without progress");
                oversize++;
                closed = closesOnOversize;
            }
            case BROKEN_OFF -> {
                check(next > from, result, "without progress");
                brokenOff++;
            }
            case MALFORMED -> {
                malformed++;
                closed = true;
                check(!decoder.problem().isEmpty(), result, "without saying why");
            }
            case MORE -> check(to - next <= maxSize + FrameDecoder.MOST_OVERHEAD, result, "lets the buffer grow");
        }
        from = next;
        passedOver += decoder.takePassedOver();
        return result != Result.MORE && !closed;
    }

    private void takeFrame() {
        int start = decoder.frameStart();
        int end = decoder.frameEnd();
        check(from <= start && start <= end && end <= decoder.next(), Result.FRAME, "lies outside of its bytes");
        check(end - start <= maxSize, Result.FRAME, "is too large");
        messages.add(new String(buffer, start, end - start, ISO_8859_1));
    }

    /** The end of the stream. */
    Reading end() {
        boolean messageAtEnd = false;
        int incomplete = brokenOff;
        if (!closed) {
            Result result = decoder.end(buffer, from, to);
            check(decoder.next() == to, result, "leaves bytes after the end");
            switch (result) {
                case FRAME -> {
                    takeFrame();
                    messageAtEnd = true;
                }
                case OVERSIZE -> oversize++;
                case MORE -> incomplete += to > from && !decoder.skipping() ? 1 : 0;
                case BROKEN_OFF, MALFORMED, MISMATCH -> throw new AssertionError(result + " at the end");
            }
        }
        return new Reading(List.copyOf(messages), oversize, malformed, incomplete, messageAtEnd, passedOver);
    }

    private void makeSpace(int needed) {
        if (moves == Moves.AT_EVERY_READ || to + needed > buffer.length) {
            int length = Math.max(buffer.length, to - from + needed);
            byte[] moved = length > buffer.length ? new byte[length] : buffer;
            System.arraycopy(buffer, from, moved, 0, to - from);
            buffer = moved;
            to -= from;
            from = 0;
        }
        Arrays.fill(buffer, 0, from, stale);
        Arrays.fill(buffer, to, buffer.length, stale);
    }

    private void check(boolean holds, Result result, String complaint) {
        if (!holds) {
            throw new AssertionError(result + " " + complaint + ": from " + from + ", to " + to + ", next "
                    + decoder.next() + ", frame " + decoder.frameStart() + " to " + decoder.frameEnd()
                    + ", largest payload " + maxSize);
        }
    }
}
