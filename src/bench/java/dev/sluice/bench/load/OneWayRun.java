package dev.sluice.bench.load;

import dev.sluice.bench.server.Task;
import dev.sluice.bench.wire.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One run of a {@link OneWayLoad}. */
final class OneWayRun implements Closeable {

    /** A slow server may still have much to read when we have written the last byte. */
    private static final long DRAIN_SECONDS = 60;

    private final int connectionCount;
    private final Connections connections;
    private final Messages messages;
    private final ByteBuffer ignored = ByteBuffer.allocateDirect(Messages.PERIOD);
    private long deadline;
    private long sent;
    private int open;

    OneWayRun(int connectionCount, Task task) throws IOException {
        this.connectionCount = connectionCount;
        this.connections = new Connections(task.tls());
        this.messages = new Messages(task);
    }

    /** How far a connection is. */
    private static final class Position {

        private final Wire wire;
        private long sent;

        private Position(Wire wire) {
            this.wire = wire;
        }
    }

    LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        for (open = 0; open < connectionCount; open++) {
            connections.open(server, (key, wire) -> {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return new Position(wire);
            });
        }
        long started = System.nanoTime();
        deadline = started + duration.toNanos();
        long patience = deadline + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        while (open > 0) {
            connections.select(this::serve);
            if (System.nanoTime() > patience) {
                throw new IOException("The server had not read all after %d s".formatted(DRAIN_SECONDS));
            }
        }
        return new LoadResult(sent / messages.length(), System.nanoTime() - started, null, null);
    }

    private void serve(SelectionKey key) throws IOException {
        var position = (Position) key.attachment();
        if (key.isReadable()) {
            read(key, position, (key.interestOps() & SelectionKey.OP_WRITE) == 0);
        }
        if (key.isValid() && key.isWritable()) {
            boolean over = System.nanoTime() >= deadline;
            int begun = (int) (position.sent % messages.length());
            if (!over) {
                write(position, Messages.PERIOD - begun);
            } else if (begun > 0) {
                write(position, messages.length() - begun);
            } else if (position.wire.end()) {
                key.interestOps(SelectionKey.OP_READ);
            }
        }
    }

    private void write(Position position, int length) throws IOException {
        int count = position.wire.write(messages.piece(position.sent, length));
        position.sent += count;
        sent += count;
    }

    private void read(SelectionKey key, Position position, boolean mayEnd) throws IOException {
        if (position.wire.read(ignored.clear()) < 0) {
            if (!mayEnd) {
                throw new IOException("The server closed a connection");
            }
            key.channel().close();
            open--;
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
