package dev.sluice.transport.tcp;

import dev.sluice.message.Origin;
import dev.sluice.transport.Connection.Written;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Tap;
import dev.sluice.transport.framing.FrameBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;

/**
 * What a connection writes. Its thread writes replies, and operators frames, each whole: the lock orders what reaches
 * the socket, and is taken once a write. Safe for use by any thread.
 */
final class ReplyWriter {

    /** A peer that takes so much within the write timeout does read, however long the reply is. */
    private static final int MOST_AT_ONCE = 64 * 1024;

    private final Socket socket;
    private final Steering steering;
    private final Deadlines deadlines;
    private final Supplier<Origin> peer;
    private final ReentrantLock writing = new ReentrantLock();

    // Written under the lock, read by anyone.
    private volatile long messages;
    private volatile long bytes;

    /**
     * @param peer who reads it, as far as that is known
     */
    ReplyWriter(Socket socket, Steering steering, Deadlines deadlines, Supplier<Origin> peer) {
        this.socket = socket;
        this.steering = steering;
        this.deadlines = deadlines;
        this.peer = peer;
    }

    /** Replies, and what operators have sent. */
    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    /** Ends our side of the connection, behind whatever is being written. */
    void end() throws IOException {
        writing.lock();
        try {
            endOutput();
        } finally {
            writing.unlock();
        }
    }

    /** Returns whether there is a way to tell the peer that our side ends, and it has not been told. */
    boolean canTellEnd() {
        return socket instanceof SSLSocket && !socket.isOutputShutdown();
    }

    /**
     * Writes a frame, which others may write at the same time. Returns what became of it: nothing if somebody else was
     * writing all the time that it may wait, or the connection had ended.
     */
    Written send(FrameBuffer frame, Duration patience) {
        try {
            if (!writing.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return Written.NONE;
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return Written.NONE;
        }
        try {
            if (socket.isClosed() || socket.isOutputShutdown()) {
                return Written.NONE;
            }
            write(frame, 1);
            return Written.ALL;
        } catch (IOException ex) {
            return Written.UNKNOWN;
        } finally {
            writing.unlock();
        }
    }

    /**
     * Ends our side if the thread waits between frames; does nothing, and is to be called again, while anyone writes.
     */
    void drain() throws IOException {
        if (writing.tryLock()) {
            try {
                if (deadlines.drain()) {
                    endOutput();
                }
            } finally {
                writing.unlock();
            }
        }
    }

    /** With TLS this writes, too, and so waits for a peer that does not read. */
    private void endOutput() throws IOException {
        if (!socket.isOutputShutdown()) {
            deadlines.beginWrite();
            try {
                socket.shutdownOutput();
            } finally {
                deadlines.endWrite();
            }
        }
    }

    /** Writes frames that hold so many messages. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    void write(FrameBuffer frames, int count) throws IOException {
        int size = frames.size();
        int written = 0;
        writing.lock();
        try {
            OutputStream out = socket.getOutputStream();
            while (written < size) {
                int next = Math.min(size, written + MOST_AT_ONCE);
                deadlines.beginWrite();
                frames.writeTo(out, written, next);
                written = next;
            }
            messages += count;
            Tap.Onlookers onlookers = steering.tap().onlookers();
            if (onlookers != null) {
                onlookers.sent(peer.get(), Math.max(1, count), frames);
            }
        } finally {
            deadlines.endWrite();
            bytes += written;
            writing.unlock();
            steering.settings().traffic().bytesSent.add(written);
        }
    }
}
