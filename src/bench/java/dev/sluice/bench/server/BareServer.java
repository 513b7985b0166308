package dev.sluice.bench.server;

import dev.sluice.bench.wire.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Discards what it reads, or writes it back as it came, without looking at it: the least that a server can do, and so
 * the most that the load program can show. One thread serves all connections.
 */
final class BareServer {

    private static final int BUFFER = 256 * 1024;

    private final boolean mirror;
    private final @Nullable SSLContext tls;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final LongAdder bytes = new LongAdder();

    private BareServer(Task task) throws IOException {
        mirror = task.reply() == Reply.ECHO;
        tls = task.tls() ? OwnServer.tls().server() : null;
    }

    public static void main(String[] args) throws IOException {
        var program = new ServerProgram();
        Task task = Task.of(args[0]);
        var server = new BareServer(task);
        server.listen(Integer.parseInt(args[1]));
        Thread.ofPlatform().name("bare").start(server::serve);
        program.answer(() -> server.bytes.sum() / task.messageBytes());
    }

    private void listen(int port) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress("127.0.0.1", port), 128);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
    }

    private void serve() {
        try {
            while (true) {
                selector.select(this::serve);
            }
        } catch (IOException e) {
            throw new IllegalStateException("The selector failed", e);
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.channel() instanceof ServerSocketChannel listening) {
                accept(listening);
            } else {
                serve(key, (Wire) key.attachment());
            }
        } catch (IOException e) {
            try {
                key.channel().close();
            } catch (IOException again) {
                e.addSuppressed(again);
                e.printStackTrace();
            }
        }
    }

    private void accept(ServerSocketChannel listening) throws IOException {
        SocketChannel accepted = listening.accept();
        try {
            accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Wire wire = tls == null ? Wire.plain(accepted) : Wire.server(accepted, tls);
            accepted.configureBlocking(false);
            serve(accepted.register(selector, SelectionKey.OP_READ, wire), wire);
        } catch (IOException e) {
            // Gone again.
            accepted.close();
        }
    }

    private void serve(SelectionKey key, Wire wire) throws IOException {
        int count = wire.read(buffer.clear());
        if (count < 0) {
            key.channel().close();
            return;
        }
        bytes.add(count);
        if (mirror) {
            buffer.flip();
            // Never more than a peer has in flight, far less than a socket's buffer holds: this does not spin.
            while (buffer.hasRemaining() || wire.waits()) {
                wire.write(buffer);
            }
        }
    }
}
