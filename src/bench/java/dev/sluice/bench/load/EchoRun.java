package dev.sluice.bench.load;

import dev.sluice.bench.server.Task;
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

    private final int connectionCount;
    private final int inFlight;
    private final Connections connections;
    private final Messages messages;
    private final ByteBuffer received = ByteBuffer.allocateDirect(Messages.PERIOD);
    private final Histogram roundTrips = Latency.histogram();
    private long deadline;
    private long underWay;
    private long returned;

    EchoRun(int connectionCount, int inFlight, Task task) throws IOException {
        this.connectionCount = connectionCount;
        this.inFlight = inFlight;
        this.connections = new Connections(task.tls());
        this.messages = new Messages(task);
    }

    private record Asked(EchoConnection connection, RoundTrips roundTrips) {

        void send(int messageCount, long now) throws IOException {
            roundTrips.sent(messageCount, now);
            connection.send(messageCount);
        }
    }

    LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        return run(List.of(server), duration);
    }

    /** Connects to them in turns. */
    LoadResult run(List<InetSocketAddress> servers, Duration duration) throws IOException {
        for (int i = 0; i < connectionCount; i++) {
            int number = i;
            connections.open(
                    servers.get(i % servers.size()),
                    (key, wire) ->
                            new Asked(new EchoConnection(key, wire, messages, number), new RoundTrips(inFlight)));
        }
        long started = System.nanoTime();
        deadline = started + duration.toNanos();
        for (SelectionKey key : connections.keys()) {
            ((Asked) key.attachment()).send(inFlight, System.nanoTime());
            underWay += inFlight;
        }
        long patience = deadline + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        while (underWay > 0) {
            connections.select(this::serve);
            if (System.nanoTime() > patience) {
                throw new IOException(underWay + " messages did not come back");
            }
        }
        return new LoadResult(returned, System.nanoTime() - started, Latency.of(roundTrips), null);
    }

    private void serve(SelectionKey key) throws IOException {
        var asked = (Asked) key.attachment();
        if (key.isWritable()) {
            asked.connection().flush();
        }
        if (key.isReadable()) {
            int messageCount = asked.connection().receive(received);
            long now = System.nanoTime();
            if (messageCount > 0) {
                asked.roundTrips().returned(messageCount, now, roundTrips);
                returned += messageCount;
                if (now < deadline) {
                    asked.send(messageCount, now);
                } else {
                    underWay -= messageCount;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
