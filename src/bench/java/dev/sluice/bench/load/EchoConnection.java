package dev.sluice.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.HdrHistogram.Histogram;

/** One connection of an {@link EchoRun}: where in the stream of {@link Lines} it is, in bytes, and when it sent what is under way. */
final class EchoConnection {

    private final SelectionKey key;
    private final SocketChannel channel;
    private final Lines lines;
    private final long start;
    private long due;
    private long sent;
    private long received;

    /** Lines sent together, in a ring: how many of them have not come back, and when they were sent. Never more entries than lines in flight. */
    private final int[] waiting;

    private final long[] sentAt;
    private int first;
    private int next;

    EchoConnection(SelectionKey key, Lines lines, long start, int inFlight) {
        this.key = key;
        this.channel = (SocketChannel) key.channel();
        this.lines = lines;
        this.start = start;
        this.waiting = new int[inFlight];
        this.sentAt = new long[inFlight];
        key.interestOps(SelectionKey.OP_READ);
    }

    void send(int lineCount, long now) throws IOException {
        waiting[next] = lineCount;
        sentAt[next] = now;
        next = (next + 1) % waiting.length;
        due += (long) lineCount * Lines.LENGTH;
        flush();
    }

    void flush() throws IOException {
        sent += channel.write(lines.piece(start + sent, (int) (due - sent)));
        int wanted = sent == due ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    /** Reads once and checks every byte. Answers how many lines are whole by that. */
    int receive(ByteBuffer buffer) throws IOException {
        int count = channel.read(buffer);
        if (count < 0) {
            throw new IOException("The server closed a connection");
        }
        long before = received;
        received += count;
        if (received > sent || !lines.matches(start + before, buffer.flip())) {
            throw new IOException(
                    "The answers are not what was sent, in the order in which it was sent; seen after %d bytes"
                            .formatted(before));
        }
        return (int) (received / Lines.LENGTH - before / Lines.LENGTH);
    }

    void recordRoundTrips(int lineCount, long now, Histogram histogram) {
        int left = lineCount;
        while (left > 0) {
            int count = Math.min(left, waiting[first]);
            histogram.recordValueWithCount(Math.min(now - sentAt[first], histogram.getHighestTrackableValue()), count);
            left -= count;
            waiting[first] -= count;
            if (waiting[first] == 0) {
                first = (first + 1) % waiting.length;
            }
        }
    }
}
