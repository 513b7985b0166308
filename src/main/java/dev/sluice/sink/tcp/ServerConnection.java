package dev.sluice.sink.tcp;

import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.FrameDecoder;
import dev.sluice.transport.framing.FrameReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One connection to a server, used by one thread at a time. The channel does not block, so that every wait, also that
 * of a write, has an end and can be interrupted. After any exception it is of no more use but to be closed.
 */
final class ServerConnection implements Closeable {

    /** What is written at once; each slice has the whole time-out. Also bounds the JDK's copy outside of the heap. */
    private static final int SLICE = 64 * 1024;
    /** Against a server that talks without end. */
    private static final int MOST_DISCARDS = 256;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final Duration timeout;
    private final FrameReader reader;

    private ServerConnection(SocketChannel channel, Selector selector, Duration timeout, FrameDecoder answers)
            throws IOException {
        this.channel = channel;
        this.selector = selector;
        this.key = channel.register(selector, 0);
        this.timeout = timeout;
        this.reader = new FrameReader(answers);
    }

    /**
     * Tries each address of the name in turn, within one time-out for all.
     *
     * @param timeout for this, and later for each slice of a write and for each answer
     */
    static ServerConnection open(String host, int port, Duration timeout, FrameDecoder answers)
            throws IOException, InterruptedException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        long deadline = System.nanoTime() + timeout.toNanos();
        for (int i = 0; true; i++) {
            long now = System.nanoTime();
            try {
                return connect(
                        new InetSocketAddress(addresses[i], port),
                        now + (deadline - now) / (addresses.length - i),
                        timeout,
                        answers);
            } catch (IOException ex) {
                if (i == addresses.length - 1) {
                    throw ex;
                }
            }
        }
    }

    private static ServerConnection connect(
            InetSocketAddress address, long deadline, Duration timeout, FrameDecoder answers)
            throws IOException, InterruptedException {
        SocketChannel channel = SocketChannel.open();
        Selector selector = channel.provider().openSelector();
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            ServerConnection connection = new ServerConnection(channel, selector, timeout, answers);
            connected = channel.connect(address);
            while (!connected) {
                connection.await(SelectionKey.OP_CONNECT, deadline, "not connected");
                connected = channel.finishConnect();
            }
            return connection;
        } finally {
            if (!connected) {
                selector.close();
                channel.close();
            }
        }
    }

    /**
     * Returns whether the server has neither ended the connection nor said anything since the last answer, but for what
     * is passed over between answers. Costs one read.
     */
    boolean silent() throws IOException {
        int count = 1;
        for (int i = 0; i < MOST_DISCARDS && count > 0; i++) {
            if (reader.next() != FrameDecoder.Result.MORE || reader.isWithinFrame()) {
                return false;
            }
            count = reader.read(channel);
        }
        return count == 0;
    }

    /** Drops what the server has said. Returns whether it has not ended the connection. */
    boolean discard() throws IOException {
        int count = 1;
        for (int i = 0; i < MOST_DISCARDS && count > 0; i++) {
            reader.discard();
            count = reader.read(channel);
        }
        return count >= 0;
    }

    /**
     * Writes all.
     *
     * @param discarding whether to drop what the server says meanwhile: one that waits for us to read would never read
     */
    void write(FrameBuffer frames, boolean discarding) throws IOException, InterruptedException {
        byte[] bytes = frames.toByteArray();
        for (int start = 0; start < bytes.length; start += SLICE) {
            ByteBuffer slice = ByteBuffer.wrap(bytes, start, Math.min(SLICE, bytes.length - start));
            long deadline = deadline();
            while (slice.hasRemaining()) {
                if (channel.write(slice) == 0) {
                    if (discarding && !discard()) {
                        throw ended();
                    }
                    int operations = discarding ? SelectionKey.OP_WRITE | SelectionKey.OP_READ : SelectionKey.OP_WRITE;
                    await(operations, deadline, "the server does not read");
                }
            }
        }
    }

    /** Waits for a frame. */
    byte[] read() throws IOException, InterruptedException {
        long deadline = deadline();
        while (true) {
            switch (reader.next()) {
                case FRAME -> {
                    return reader.payload();
                }
                // The server has given it up for the next, which is the answer.
                case BROKEN_OFF -> {}
                case OVERSIZE -> throw new IOException("the answer is larger than framing.max-size");
                case MALFORMED -> throw new IOException("the answer is not framed as expected: " + reader.problem());
                case MISMATCH -> throw new IOException("the answer has a wrong checksum");
                case MORE -> {
                    if (!fill(deadline)) {
                        if (reader.last() == FrameDecoder.Result.FRAME) {
                            return reader.payload();
                        }
                        throw ended();
                    }
                }
            }
        }
    }

    /** Returns whether bytes came; not at the end of the stream. */
    private boolean fill(long deadline) throws IOException, InterruptedException {
        int count = reader.read(channel);
        while (count == 0) {
            String problem = reader.unfinished() == 0
                    ? "no answer"
                    : "no whole answer, only " + Excerpt.of(reader.unfinished(Integer.MAX_VALUE));
            await(SelectionKey.OP_READ, deadline, problem);
            count = reader.read(channel);
        }
        return count > 0;
    }

    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Waits, dropping what the server says, until it has ended its side too: it has read all then. */
    void awaitEnd(Duration most) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (discard()) {
            await(SelectionKey.OP_READ, deadline, "the server has not ended the connection");
        }
    }

    private long deadline() {
        return System.nanoTime() + timeout.toNanos();
    }

    private void await(int operations, long deadline, String problem) throws IOException, InterruptedException {
        key.interestOps(operations);
        while (true) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException(problem);
            }
            selector.selectedKeys().clear();
            int ready = selector.select(left / 1_000_000 + 1);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (ready > 0) {
                return;
            }
        }
    }

    private static EOFException ended() {
        return new EOFException("the server has closed the connection");
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
