package dev.sluice.client;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far sending has got: written by the sender's thread, and by the main thread when it reads; watched by the main
 * thread, which calls the peer silent when neither has got anywhere for too long.
 */
final class Progress {

    private static final int CHUNK = 64 * 1024;

    private final AtomicLong sent = new AtomicLong();
    private volatile long lastMoved = System.nanoTime();
    private volatile boolean awaitingInput;

    void moved() {
        lastMoved = System.nanoTime();
    }

    void sentOne() {
        sent.incrementAndGet();
        moved();
    }

    /** Messages handed to the system. */
    long sent() {
        return sent.get();
    }

    /** Whether it is not the peer but whoever writes our standard input that keeps us waiting. */
    boolean awaitingInput() {
        return awaitingInput;
    }

    boolean stillFor(Duration time) {
        return System.nanoTime() - lastMoved >= time.toNanos();
    }

    /** Standard input. */
    InputStream watch(InputStream in) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                moved();
                awaitingInput = true;
                try {
                    return in.read(bytes, offset, length);
                } finally {
                    moved();
                    awaitingInput = false;
                }
            }
        };
    }

    /** The way to the peer, in steps that show that a large message is on its way. */
    OutputStream watch(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                for (int done = 0; done < length; done += CHUNK) {
                    out.write(bytes, offset + done, Math.min(CHUNK, length - done));
                    moved();
                }
            }
        };
    }
}
