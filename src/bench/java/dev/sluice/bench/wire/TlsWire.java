package dev.sluice.bench.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** TLS by the JDK's engine. */
final class TlsWire implements Wire {

    private static final int HANDSHAKE_MILLIS = 10_000;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final int record;

    /**
     * Encrypted: read and not yet decrypted, ready to be filled further. Less than {@link #ROOM}, so that one read
     * always has room.
     */
    private final ByteBuffer arrived;

    /** Encrypted and not yet written. */
    private final ByteBuffer leaving;

    private TlsWire(SocketChannel channel, SSLEngine engine) {
        this.channel = channel;
        this.engine = engine;
        this.record = engine.getSession().getPacketBufferSize();
        this.arrived = ByteBuffer.allocate(2 * record);
        this.leaving = ByteBuffer.allocate(5 * record).limit(0);
    }

    static TlsWire shakeHands(SocketChannel channel, SSLContext context, boolean client) throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        var wire = new TlsWire(channel, engine);
        wire.shakeHands();
        return wire;
    }

    private void shakeHands() throws IOException {
        channel.socket().setSoTimeout(HANDSHAKE_MILLIS);
        InputStream input = channel.socket().getInputStream();
        engine.beginHandshake();
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.NOT_HANDSHAKING) {
            switch (status) {
                case NEED_WRAP -> {
                    engine.wrap(NOTHING, leaving.clear());
                    channel.write(leaving.flip());
                }
                case NEED_TASK -> engine.getDelegatedTask().run();
                default -> {
                    arrived.flip();
                    SSLEngineResult result = engine.unwrap(arrived, NOTHING);
                    arrived.compact();
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        fill(input);
                    } else if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                        throw new EOFException("The peer broke off the TLS handshake");
                    }
                }
            }
            status = engine.getHandshakeStatus();
        }
    }

    private void fill(InputStream input) throws IOException {
        int count = input.read(arrived.array(), arrived.position(), arrived.remaining());
        if (count < 0) {
            throw new EOFException("The peer closed the connection during the TLS handshake");
        }
        arrived.position(arrived.position() + count);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int before = into.position();
        if (channel.read(arrived) < 0) {
            return -1;
        }
        arrived.flip();
        while (arrived.hasRemaining()) {
            SSLEngineResult result = engine.unwrap(arrived, into);
            if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                engine.getDelegatedTask().run();
            } else if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                arrived.position(arrived.limit());
            } else if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                throw new IOException("No room for a TLS record");
            } else if (result.bytesConsumed() == 0) {
                break;
            }
        }
        arrived.compact();
        return into.position() - before;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int before = from.position();
        drain();
        while (from.hasRemaining() && !waits()) {
            leaving.clear();
            while (from.hasRemaining() && leaving.remaining() >= record) {
                engine.wrap(from, leaving);
            }
            leaving.flip();
            drain();
        }
        return from.position() - before;
    }

    @Override
    public boolean waits() {
        return leaving.hasRemaining();
    }

    @Override
    public boolean end() throws IOException {
        drain();
        if (!waits() && !engine.isOutboundDone()) {
            engine.closeOutbound();
            engine.wrap(NOTHING, leaving.clear());
            leaving.flip();
            drain();
        }
        if (waits()) {
            return false;
        }
        channel.shutdownOutput();
        return true;
    }

    private void drain() throws IOException {
        if (waits()) {
            channel.write(leaving);
        }
    }
}
