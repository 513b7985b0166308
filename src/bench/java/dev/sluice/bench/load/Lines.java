package dev.sluice.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The stream of bytes that is sent: lines of {@value #LENGTH} bytes, LF included, each unlike its neighbours, over and over.
 *
 * <p>A piece of the stream is a view of memory that never changes, so neither sending nor checking an answer copies or parses. For one thread.
 */
final class Lines {

    static final int LENGTH = 64;
    /** After so many bytes the stream repeats itself; the longest piece, too. */
    static final int PERIOD = 1024 * LENGTH;

    /** The period twice, so that every piece is in one. */
    private final ByteBuffer twice = ByteBuffer.allocateDirect(2 * PERIOD);

    Lines() {
        while (twice.hasRemaining()) {
            int number = twice.position() % PERIOD / LENGTH;
            var line = new StringBuilder(LENGTH).append("%04d ".formatted(number));
            for (int i = line.length(); i < LENGTH - 1; i++) {
                line.append((char) ('a' + (number + i) % 26));
            }
            twice.put(line.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** A piece of the stream, valid until the next call. */
    ByteBuffer piece(long offset, int length) {
        int start = (int) (offset % PERIOD);
        return twice.limit(start + length).position(start);
    }

    boolean matches(long offset, ByteBuffer received) {
        return received.mismatch(piece(offset, received.remaining())) < 0;
    }
}
