package dev.sluice.bench.load;

import dev.sluice.bench.server.Task;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One run of a {@link PacedLoad}. Message {@code k} of the run is due {@code k / perSecond} seconds after the start, on
 * connection {@code k} modulo their number. It looks for what is due and what has come without a pause: a sleep would
 * be as long as what it measures.
 */
final class PacedRun implements Closeable {

    private static final long DRAIN_SECONDS = 20;
    private static final double SECOND = 1e9;

    private final int connectionCount;
    private final int perSecond;
    private final Connections connections;
    private final Messages messages;
    private final List<Numbered> inTurn = new ArrayList<>();
    private final ByteBuffer received = ByteBuffer.allocateDirect(Messages.PERIOD);
    private final Histogram latencies = Latency.histogram();
    private long started;
    private long sent;
    private long returned;

    PacedRun(int connectionCount, int perSecond, Task task) throws IOException {
        this.connectionCount = connectionCount;
        this.perSecond = perSecond;
        this.connections = new Connections(task.tls());
        this.messages = new Messages(task);
    }

    private record Numbered(EchoConnection connection, int number) {}

    LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        for (int i = 0; i < connectionCount; i++) {
            int number = i;
            connections.open(server, (key, wire) -> {
                var numbered = new Numbered(new EchoConnection(key, wire, messages, number), number);
                inTurn.add(numbered);
                return numbered;
            });
        }
        started = System.nanoTime();
        long all = dueBy(started + duration.toNanos());
        long patience = started + duration.toNanos() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        while (returned < all) {
            long now = System.nanoTime();
            send(Math.min(all, dueBy(now)));
            connections.selectNow(this::serve);
            if (now > patience) {
                throw new IOException("%d of %d messages did not come back".formatted(all - returned, all));
            }
        }
        return new LoadResult(returned, System.nanoTime() - started, Latency.of(latencies), null);
    }

    private long dueBy(long now) {
        return (long) ((now - started) / SECOND * perSecond) + 1;
    }

    /** Sends up to the message of that number, those of one connection at once. */
    private void send(long end) throws IOException {
        long begin = sent;
        for (long k = begin; k < Math.min(end, begin + connectionCount); k++) {
            int messageCount = (int) ((end - 1 - k) / connectionCount) + 1;
            inTurn.get((int) (k % connectionCount)).connection().send(messageCount);
            sent += messageCount;
        }
    }

    private void serve(SelectionKey key) throws IOException {
        var numbered = (Numbered) key.attachment();
        if (key.isWritable()) {
            numbered.connection().flush();
        }
        if (key.isReadable()) {
            long before = numbered.connection().returned();
            int messageCount = numbered.connection().receive(received);
            long now = System.nanoTime();
            for (int i = 0; i < messageCount; i++) {
                long k = (before + i) * connectionCount + numbered.number();
                long due = started + (long) (k * SECOND / perSecond);
                latencies.recordValue(Math.clamp(now - due, 0, latencies.getHighestTrackableValue()));
            }
            returned += messageCount;
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
