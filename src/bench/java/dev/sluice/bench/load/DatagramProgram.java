package dev.sluice.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends datagrams at a rate, from several source ports in turns. It reads {@code PORT RATE MILLIS}, where the rate is
 * per second, and answers how many it has sent; else it is like {@link LoadProgram}.
 *
 * <p>It sends evenly and does not make up for long in which it was not run itself: a burst would be lost that the rate
 * does not stand for. So what it sent may be fewer than was ordered.
 */
public final class DatagramProgram {

    /** Of each datagram, in bytes. Its text has no line feed. */
    public static final int LENGTH = 64;

    /** Enough to be spread over the sockets of a server that has several. */
    private static final int SOURCES = 16;

    private static final long BREATH = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long FORGOTTEN = TimeUnit.MILLISECONDS.toNanos(1);

    private DatagramProgram() {}

    public static void main(String[] args) throws IOException {
        Orders.answer(words -> send(
                Orders.server(words.getFirst()),
                Long.parseLong(words.get(1)),
                Duration.ofMillis(Long.parseLong(words.getLast()))));
    }

    private static LoadResult send(InetSocketAddress server, long rate, Duration duration) throws IOException {
        var sources = new ArrayList<DatagramChannel>();
        try {
            for (int i = 0; i < SOURCES; i++) {
                sources.add(DatagramChannel.open().connect(server));
            }
            return send(sources, TimeUnit.SECONDS.toNanos(1) / (double) rate, duration.toNanos());
        } finally {
            for (DatagramChannel one : sources) {
                one.close();
            }
        }
    }

    private static LoadResult send(List<DatagramChannel> sources, double interval, long nanos) throws IOException {
        ByteBuffer datagram = ByteBuffer.allocateDirect(LENGTH)
                .put("x".repeat(LENGTH).getBytes(StandardCharsets.US_ASCII))
                .flip();
        long started = System.nanoTime();
        long sent = 0;
        double due = 0;
        long now = 0;
        while (now < nanos) {
            if (now < due) {
                LockSupport.parkNanos(BREATH);
            } else {
                due = Math.max(due, now - FORGOTTEN) + interval;
                sources.get((int) (sent % SOURCES)).write(datagram.rewind());
                sent++;
            }
            now = System.nanoTime() - started;
        }
        return new LoadResult(sent, now, null, null);
    }
}
