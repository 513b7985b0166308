package dev.sluice.bench.load;

import dev.sluice.bench.wire.Tls;
import dev.sluice.bench.wire.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The connections of a run and the loop that serves them, all on one thread. */
final class Connections implements Closeable {

    private static final int CONNECT_MILLIS = 10_000;
    private static final long WAKE_UP_MILLIS = 50;
    /**
     * Left to itself, it grows to several megabytes, which a slow server reads for minutes after the last byte was
     * written.
     */
    private static final int SEND_BUFFER = 256 * 1024;

    private final Selector selector = Selector.open();
    private final @Nullable SSLContext tls;

    Connections(boolean encrypted) throws IOException {
        tls = encrypted ? Tls.client() : null;
    }

    /** What a run keeps of a connection. */
    interface Attachment {
        Object of(SelectionKey key, Wire wire);
    }

    /** What a run does when a connection is ready. */
    interface Ready {
        void on(SelectionKey key) throws IOException;
    }

    /** Connects one more, and does not return before that is done. */
    void open(InetSocketAddress server, Attachment attachment) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            prepare(channel);
            channel.socket().connect(server, CONNECT_MILLIS);
            Wire wire = tls == null ? Wire.plain(channel) : Wire.client(channel, tls);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            key.attach(attachment.of(key, wire));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Begins to connect one more, from that address. Its key tells when it is connected or has failed to, unless it is
     * connected at once.
     */
    SelectionKey begin(InetSocketAddress from, InetSocketAddress server, Attachment attachment) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            prepare(channel);
            channel.bind(from);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            key.attach(attachment.of(key, Wire.plain(channel)));
            channel.connect(server);
            return key;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    Iterable<SelectionKey> keys() {
        return selector.keys();
    }

    /** Serves connections once: those that are ready, or, if none is, after a short wait. */
    void select(Ready ready) throws IOException {
        try {
            selector.select(key -> serve(key, ready), WAKE_UP_MILLIS);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Serves those that are ready, if any. */
    void selectNow(Ready ready) throws IOException {
        try {
            selector.selectNow(key -> serve(key, ready));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void serve(SelectionKey key, Ready ready) {
        try {
            ready.on(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
