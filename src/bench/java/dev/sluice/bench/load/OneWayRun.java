package dev.sluice.bench.load;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One run of a {@link OneWayLoad}. */
final class OneWayRun implements Closeable {

    /** A slow server may still have much to read when we have written the last byte. */
    private static final long DRAIN_SECONDS = 60;

    private final int connectionCount;
    private final Connections connections = new Connections();
    private final Lines lines = new Lines();
    private final ByteBuffer ignored = ByteBuffer.allocateDirect(Lines.PERIOD);
    private long deadline;
    private long sent;
    private int open;

    OneWayRun(int connectionCount) throws IOException {
        this.connectionCount = connectionCount;
    }

    /** How far a connection is. */
    private static final class Position {
        private long sent;
    }

    LoadResult run(InetSocketAddress server, Duration duration) throws IOException {
        for (open = 0; open < connectionCount; open++) {
            connections.open(server, key -> {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return new Position();
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
        return new LoadResult(sent / Lines.LENGTH, System.nanoTime() - started, null, null);
    }

    private void serve(SelectionKey key) throws IOException {
        var channel = (SocketChannel) key.channel();
        var position = (Position) key.attachment();
        if (key.isReadable()) {
            read(channel, (key.interestOps() & SelectionKey.OP_WRITE) == 0);
        }
        if (key.isValid() && key.isWritable()) {
            boolean over = System.nanoTime() >= deadline;
            int begun = (int) (position.sent % Lines.LENGTH);
            if (!over) {
                write(channel, position, Lines.PERIOD - begun);
            } else if (begun > 0) {
                write(channel, position, Lines.LENGTH - begun);
            } else {
                channel.shutdownOutput();
                key.interestOps(SelectionKey.OP_READ);
            }
        }
    }

    private void write(SocketChannel channel, Position position, int length) throws IOException {
        int count = channel.write(lines.piece(position.sent, length));
        position.sent += count;
        sent += count;
    }

    private void read(SocketChannel channel, boolean mayEnd) throws IOException {
        if (channel.read(ignored.clear()) < 0) {
            if (!mayEnd) {
                throw new IOException("The server closed a connection");
            }
            channel.close();
            open--;
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
