package dev.sluice.transport.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One socket of a receiver: answers leave by the one that their request came by. Belongs to the receiver's thread. */
final class ReceivingSocket {

    private static final Logger log = LoggerFactory.getLogger(ReceivingSocket.class);

    /** What a datagram takes of the kernel's buffer at the least, besides its bytes. */
    private static final int KERNEL_OVERHEAD = 256;

    /** For room in the kernel's buffer for a reply, which else is lost, as any datagram may be. */
    private static final long SEND_MILLIS = 100;

    private final DatagramChannel channel;
    private final SelectionKey key;
    /** How much the kernel can still hold of what came before the drain: what comes meanwhile must not prolong that. */
    private int heldByKernel;

    private @Nullable DatagramPeer lastPeer;

    /** Takes charge of the channel, which never blocks from now on: it is closed if this fails. */
    ReceivingSocket(DatagramChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        try {
            channel.configureBlocking(false);
            this.key = channel.register(selector, SelectionKey.OP_READ, this);
        } catch (IOException | RuntimeException ex) {
            channel.close();
            throw ex;
        }
    }

    DatagramChannel channel() {
        return channel;
    }

    /** Returns the source of what it put into the buffer; null if there is nothing. */
    @Nullable
    InetSocketAddress receive(ByteBuffer buffer) throws IOException {
        return (InetSocketAddress) channel.receive(buffer);
    }

    /** Datagrams of one source mostly come in a row: its headers are made once for these. */
    DatagramPeer peer(DatagramStream stream, DatagramAnswers answers, InetSocketAddress remote) {
        DatagramPeer peer = lastPeer;
        if (peer == null || !peer.remote().equals(remote)) {
            peer = new DatagramPeer(stream.origin(remote), answers, this);
            lastPeer = peer;
        }
        return peer;
    }

    /** Returns whether it was sent. */
    boolean send(byte[] payload, InetSocketAddress target) {
        ByteBuffer datagram = ByteBuffer.wrap(payload);
        try {
            // Before each, since it would close the socket.
            Thread.interrupted();
            // An empty datagram counts as sent, too: there is no telling, and there always is room for one.
            if (channel.send(datagram, target) > 0 || payload.length == 0) {
                return true;
            }
            awaitRoom();
            return channel.send(datagram, target) > 0;
        } catch (IOException | IllegalStateException ex) {
            // The latter if it was closed meanwhile.
            log.debug("A reply to {} was not sent: {}", target, ex.getMessage());
            return false;
        }
    }

    /** Nothing that comes meanwhile ends the wait, by whichever socket. */
    private void awaitRoom() throws IOException {
        Selector selector = key.selector();
        try {
            selector.keys().forEach(each -> each.interestOps(0));
            key.interestOps(SelectionKey.OP_WRITE);
            selector.select(_ -> {}, SEND_MILLIS);
        } finally {
            for (SelectionKey each : selector.keys()) {
                if (each.isValid()) {
                    each.interestOps(SelectionKey.OP_READ);
                }
            }
        }
    }

    /** From now on only as much is taken as the kernel can hold by now. */
    void drain() throws IOException {
        heldByKernel = channel.socket().getReceiveBufferSize();
    }

    /** A datagram of so many bytes was taken. Returns whether one that came before the drain can be left. */
    boolean mayHoldMore(int bytes) {
        heldByKernel -= bytes + KERNEL_OVERHEAD;
        return heldByKernel >= 0;
    }

    /** May be called by any thread. */
    void close() {
        try {
            channel.close();
        } catch (IOException ex) {
            log.debug("Closing a socket failed", ex);
        }
    }
}
