package dev.sluice.client;

import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** Writes messages as frames. */
final class TcpWriter implements MessageWriter {

    private static final int CHUNK = 64 * 1024;

    private final OutputStream out;
    private final Framing framing;
    private final Progress progress;
    private final FrameBuffer frame = new FrameBuffer();

    TcpWriter(OutputStream out, Framing framing, Progress progress) {
        this.out = progress.watch(out);
        this.framing = framing;
        this.progress = progress;
    }

    /** Frames a message, or says why this framing cannot carry it. */
    static void encode(Framing framing, byte[] message, long number, FrameBuffer frame) throws ClientFailure {
        try {
            framing.encode(message, frame);
        } catch (IllegalArgumentException ex) {
            throw ClientFailure.usage("Message " + number + " cannot be framed: " + ex.getMessage()
                    + ". Change the message, or choose another --framing.");
        }
    }

    @Override
    public void write(byte[] message) throws IOException, ClientFailure {
        encode(framing, message, progress.sent() + 1, frame);
        frame.drainTo(out);
        frame.shrink();
        progress.sentOne();
    }

    @Override
    public void pass(InputStream in, byte[] end) throws IOException, ClientFailure {
        byte[] chunk = new byte[CHUNK];
        byte[] tail = {};
        int count = in.read(chunk);
        if (count < 0) {
            return;
        }
        for (; count >= 0; count = in.read(chunk)) {
            out.write(chunk, 0, count);
            tail = tail(tail, chunk, count, end.length);
        }
        if (!Arrays.equals(tail, end)) {
            out.write(end);
        }
        progress.sentOne();
    }

    /** The last bytes of all that has been passed, as many as the end has. */
    private static byte[] tail(byte[] before, byte[] chunk, int count, int length) {
        byte[] both = Arrays.copyOf(before, before.length + Math.min(count, length));
        int added = both.length - before.length;
        System.arraycopy(chunk, count - added, both, before.length, added);
        return Arrays.copyOfRange(both, Math.max(0, both.length - length), both.length);
    }
}
