package dev.sluice.transport.tcp;

import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocket;

/**
 * What a connection writes. Its thread gathers replies in a buffer of its own and flushes them together; operators send from
 * their threads, each frame whole: the lock orders what reaches the socket, and is taken once a write.
 */
final class ReplyWriter {

    /** A peer that takes so much within the write timeout does read, however long the reply is. */
    private static final int MOST_AT_ONCE = 64 * 1024;
    /** A buffer of this size is part of what a connection is reckoned to take anyway. */
    private static final int FREE = 4096;

    /** There is no memory for a reply: the connection is closed. */
    private static final class NoMemoryException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NoMemoryException() {
            super(null, null, false, false);
        }
    }

    private final Socket socket;
    private final Framing framing;
    private final Traffic traffic;
    private final Deadlines deadlines;
    private final Holding memory;
    private final FrameBuffer replies = new FrameBuffer(this::resize);
    private final ReentrantLock writing = new ReentrantLock();

    private int waiting;
    // Written under the lock, read by anyone.
    private volatile long messages;
    private volatile long bytes;

    ReplyWriter(Socket socket, Framing framing, Traffic traffic, Deadlines deadlines, Holding memory) {
        this.socket = socket;
        this.framing = framing;
        this.traffic = traffic;
        this.deadlines = deadlines;
        this.memory = memory;
    }

    private void resize(int from, int to) {
        long more = MemoryBudget.cost(Math.max(FREE, to)) - MemoryBudget.cost(Math.max(FREE, from));
        if (more > 0 && !memory.tryGrow(more)) {
            throw new NoMemoryException();
        } else if (more < 0) {
            memory.shrink(-more);
        }
    }

    /** Replies, and what operators have sent. */
    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    // For the connection's thread

    void greet(byte[] greeting) throws IOException {
        replies.append(greeting);
        flush();
    }

    /**
     * @throws IllegalArgumentException if the framing cannot carry this payload; nothing of it is left behind then
     */
    void reply(byte[] payload) {
        int before = replies.size();
        try {
            framing.encode(payload, replies);
        } catch (NoMemoryException ex) {
            // The message has been handled all the same; its peer hears no more, since the connection is closed.
            replies.truncate(before);
            return;
        } catch (RuntimeException | Error ex) {
            replies.truncate(before);
            throw ex;
        }
        waiting++;
    }

    int waitingBytes() {
        return replies.size();
    }

    /** The replies that are waiting, which are taken back; they still count until {@link #forgetOne()}. */
    byte[] takeWaiting() {
        byte[] taken = replies.toByteArray();
        replies.truncate(0);
        return taken;
    }

    /** Of what was taken, the bytes from {@code from} to before {@code to} wait again. */
    void putBack(byte[] taken, int from, int to) {
        try {
            replies.append(taken, from, to);
        } catch (NoMemoryException ex) {
            // As above.
        }
    }

    /** One of the replies taken is not put back. */
    void forgetOne() {
        waiting--;
    }

    /** Writes the replies that are waiting. Answers how many messages they answer. */
    int flush() throws IOException {
        int answered = waiting;
        waiting = 0;
        if (replies.size() > 0) {
            try {
                write(replies, answered);
            } finally {
                replies.truncate(0);
            }
            replies.shrink();
            traffic.replied.add(answered);
        }
        return answered;
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

    // For others

    /** Whether there is a way to tell the peer that our side ends, and it has not been told. */
    boolean canTellEnd() {
        return socket instanceof SSLSocket && !socket.isOutputShutdown();
    }

    /**
     * Writes a frame, which others may write at the same time. Answers whether it did: not if somebody else was writing all the
     * time that it may wait.
     */
    boolean send(FrameBuffer frame, Duration patience) throws IOException, InterruptedException {
        if (!writing.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            write(frame, 1);
            return true;
        } finally {
            writing.unlock();
        }
    }

    /** Ends our side if the thread waits between frames; does nothing, and is to be called again, while anyone writes. */
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

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void write(FrameBuffer frames, int count) throws IOException {
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
        } finally {
            deadlines.endWrite();
            bytes += written;
            writing.unlock();
            traffic.bytesSent.add(written);
        }
    }
}
