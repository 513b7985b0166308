package dev.sluice.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;

/** What one end of a connection reads and writes, on a channel that does not block. For one thread. */
public interface Wire {

    /**
     * The room that a buffer to read into must have: more than one read ever brings, so that nothing is left behind for
     * which the channel would never again be ready.
     */
    int ROOM = 64 * 1024;

    static Wire plain(SocketChannel channel) {
        return new PlainWire(channel);
    }

    /** Shakes hands first, for which the channel has to block yet. */
    static Wire client(SocketChannel channel, SSLContext context) throws IOException {
        return TlsWire.shakeHands(channel, context, true);
    }

    /**
     * Likewise. What the client has already sent behind its handshake is found by a first read, of which the channel
     * does not tell.
     */
    static Wire server(SocketChannel channel, SSLContext context) throws IOException {
        return TlsWire.shakeHands(channel, context, false);
    }

    /** Reads once. -1: the end of the stream. */
    int read(ByteBuffer into) throws IOException;

    /** Takes as much as it can, and answers how much. */
    int write(ByteBuffer from) throws IOException;

    /** Whether some of what it took is still here, and goes with the next {@link #write}, if only of nothing. */
    boolean waits();

    /** Ends what we send. Answers whether that is done, or to be tried again when the channel is ready. */
    boolean end() throws IOException;
}
