package dev.sluice.bench.load;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The connections of a run and the loop that serves them, all on one thread. */
final class Connections implements Closeable {

    private static final int CONNECT_MILLIS = 10_000;
    private static final long WAKE_UP_MILLIS = 50;
    /** Left to itself, it grows to several megabytes, which a slow server reads for minutes after the last byte was written. */
    private static final int SEND_BUFFER = 256 * 1024;

    private final Selector selector = Selector.open();

    Connections() throws IOException {}

    /** What a run does when a connection is ready. */
    interface Ready {
        void on(SelectionKey key) throws IOException;
    }

    /** Connects one more. The channel does not block from then on; what {@code attachment} makes of its key is attached to the key. */
    void open(InetSocketAddress server, Function<SelectionKey, Object> attachment) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(server, CONNECT_MILLIS);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            key.attach(attachment.apply(key));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    Iterable<SelectionKey> keys() {
        return selector.keys();
    }

    /** Serves connections once: those that are ready, or, if none is, after a short wait. */
    void select(Ready ready) throws IOException {
        try {
            selector.select(
                    key -> {
                        try {
                            ready.on(key);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    WAKE_UP_MILLIS);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static long secondsFromNow(long seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
