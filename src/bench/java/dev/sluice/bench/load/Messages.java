package dev.sluice.bench.load;

import dev.sluice.bench.server.Framing;
import dev.sluice.bench.server.Task;
import dev.sluice.bench.wire.Tracker;
import dev.sluice.bench.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The stream of bytes that is sent: messages of one length, each unlike its neighbours, over and over.
 *
 * <p>A piece of the stream is a view of memory that never changes, so neither sending nor checking an answer copies or
 * parses. For one thread.
 */
final class Messages {

    /** After so many bytes the stream repeats itself; the longest piece, too. A message's length divides it. */
    static final int PERIOD = Wire.ROOM;

    private final int length;

    /** The period twice, so that every piece is in one. */
    private final ByteBuffer twice = ByteBuffer.allocateDirect(2 * PERIOD);

    Messages(Task task) {
        length = task.messageBytes();
        while (twice.hasRemaining()) {
            put(task.framing(), twice.position() % PERIOD / length);
        }
    }

    private void put(Framing framing, int number) {
        if (framing == Framing.TRACKER) {
            twice.put(Tracker.frame(length, number));
            return;
        }
        int begin = twice.position();
        int end = begin + length - (framing == Framing.LINE ? 1 : 0);
        if (framing == Framing.LENGTH) {
            twice.putInt(length - Framing.HEADER);
        }
        twice.put("%04d ".formatted(number).getBytes(StandardCharsets.US_ASCII));
        while (twice.position() < end) {
            twice.put((byte) ('a' + (number + twice.position() - begin) % 26));
        }
        if (framing == Framing.LINE) {
            twice.put((byte) '\n');
        }
    }

    /** Of a message, in bytes. */
    int length() {
        return length;
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
