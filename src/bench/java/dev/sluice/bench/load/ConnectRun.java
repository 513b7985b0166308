package dev.sluice.bench.load;

import dev.sluice.bench.server.Task;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One run of a {@link ConnectLoad}. */
final class ConnectRun implements Closeable {

    private static final long DRAIN_SECONDS = 20;

    /**
     * Connections come from 127.0.0.2 and so many addresses behind it in turns. Who closes first keeps a port for a
     * minute; one address has too few.
     */
    private static final int ADDRESSES = 59;

    private final int atOnce;
    private final Connections connections;
    private final Messages messages;
    private final ByteBuffer received = ByteBuffer.allocateDirect(Messages.PERIOD);
    private final Histogram lifetimes = Latency.histogram();
    private int begun;
    private int open;
    private long done;

    ConnectRun(int atOnce, Task task) throws IOException {
        this.atOnce = atOnce;
        this.connections = new Connections(false);
        this.messages = new Messages(task);
    }

    private record Visit(EchoConnection connection, long began) {}

    LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        long started = System.nanoTime();
        long deadline = started + duration.toNanos();
        long patience = deadline + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        long now = started;
        while (open > 0 || now < deadline) {
            while (open < atOnce && now < deadline) {
                begin(server);
            }
            connections.select(this::serve);
            now = System.nanoTime();
            if (now > patience) {
                throw new IOException(open + " connections were not answered");
            }
        }
        return new LoadResult(done, now - started, Latency.of(lifetimes), null);
    }

    private void begin(InetSocketAddress server) throws IOException {
        var from = new InetSocketAddress("127.0.0." + (2 + begun % ADDRESSES), 0);
        long now = System.nanoTime();
        int number = begun;
        SelectionKey visited = connections.begin(from, server, (key, wire) -> {
            var visit = new Visit(new EchoConnection(key, wire, messages, number), now);
            key.interestOps(SelectionKey.OP_CONNECT);
            return visit;
        });
        begun++;
        open++;
        if (((SocketChannel) visited.channel()).isConnected()) {
            ((Visit) visited.attachment()).connection().send(1);
        }
    }

    private void serve(SelectionKey key) throws IOException {
        var visit = (Visit) key.attachment();
        if (key.isConnectable()) {
            ((SocketChannel) key.channel()).finishConnect();
            visit.connection().send(1);
            return;
        }
        if (key.isWritable()) {
            visit.connection().flush();
        }
        if (key.isReadable() && visit.connection().receive(received) > 0) {
            key.channel().close();
            lifetimes.recordValue(Math.min(System.nanoTime() - visit.began(), lifetimes.getHighestTrackableValue()));
            open--;
            done++;
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
