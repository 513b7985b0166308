package dev.sluice.bench.load;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One run of an {@link EchoLoad}. */
final class EchoRun implements Closeable {

    private static final long DRAIN_SECONDS = 20;
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(1);

    private final int connectionCount;
    private final int inFlight;
    private final Connections connections = new Connections();
    private final Lines lines = new Lines();
    private final ByteBuffer received = ByteBuffer.allocateDirect(Lines.PERIOD);
    private final Histogram roundTrips = new Histogram(LONGEST, 3);
    private long deadline;
    private long underWay;
    private long returned;

    EchoRun(int connectionCount, int inFlight) throws IOException {
        this.connectionCount = connectionCount;
        this.inFlight = inFlight;
    }

    LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        return run(List.of(server), duration);
    }

    /** Connects to them in turns. */
    LoadResult run(List<InetSocketAddress> servers, Duration duration) throws IOException {
        for (int i = 0; i < connectionCount; i++) {
            // Connections start at different lines, so that a line that comes back on the wrong one is seen.
            long start = i * 7L * Lines.LENGTH;
            connections.open(servers.get(i % servers.size()), key -> new EchoConnection(key, lines, start, inFlight));
        }
        long started = System.nanoTime();
        deadline = started + duration.toNanos();
        for (SelectionKey key : connections.keys()) {
            ((EchoConnection) key.attachment()).send(inFlight, System.nanoTime());
            underWay += inFlight;
        }
        long patience = deadline + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        while (underWay > 0) {
            connections.select(this::serve);
            if (System.nanoTime() > patience) {
                throw new IOException(underWay + " lines did not come back");
            }
        }
        return new LoadResult(returned, System.nanoTime() - started, Latency.of(roundTrips), null);
    }

    private void serve(SelectionKey key) throws IOException {
        var connection = (EchoConnection) key.attachment();
        if (key.isWritable()) {
            connection.flush();
        }
        if (key.isReadable()) {
            received.clear();
            int lineCount = connection.receive(received);
            long now = System.nanoTime();
            if (lineCount > 0) {
                connection.recordRoundTrips(lineCount, now, roundTrips);
                returned += lineCount;
                if (now < deadline) {
                    connection.send(lineCount, now);
                } else {
                    underWay -= lineCount;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
