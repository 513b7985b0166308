package dev.sluice.bench.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.LongAdder;

/**
 * Discards what it reads, or writes it back as it came, without looking at it: the least that a server can do, and so the most that the load program can show.
 * One thread serves all connections.
 */
final class BareServer {

    private static final int LINE = 64;
    private static final int BUFFER = 256 * 1024;

    private final boolean mirror;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final LongAdder bytes = new LongAdder();

    private BareServer(boolean mirror) throws IOException {
        this.mirror = mirror;
    }

    public static void main(String[] args) throws IOException {
        var program = new ServerProgram();
        var server = new BareServer(Task.of(args[0]).reply() == Reply.ECHO);
        server.listen(Integer.parseInt(args[1]));
        Thread.ofPlatform().name("bare").start(server::serve);
        program.answer(() -> server.bytes.sum() / LINE);
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
                SocketChannel accepted = listening.accept();
                accepted.configureBlocking(false);
                accepted.register(selector, SelectionKey.OP_READ);
            } else {
                serve((SocketChannel) key.channel());
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

    private void serve(SocketChannel channel) throws IOException {
        int count = channel.read(buffer.clear());
        if (count < 0) {
            channel.close();
            return;
        }
        bytes.add(count);
        if (mirror) {
            buffer.flip();
            // Never more than a peer has in flight, far less than a socket's buffer holds: this does not spin.
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }
}
