package dev.sluice.transport.udp;

import dev.sluice.memory.Halt;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.PauseGate;
import dev.sluice.transport.Reason;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.Waits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives from one socket on one thread: waits, takes what the kernel holds, handles each datagram, and settles them
 * together. What is too much waits in the kernel's buffer, and is dropped and counted there, never in a queue of ours.
 *
 * <p>The channel never blocks. An interrupt would close it, so whatever handles a message may leave the thread interrupted
 * and it is not minded: a drain or a close ends the thread, and each wakes it.
 */
final class DatagramReceiver implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(DatagramReceiver.class);
    /** One byte more than the largest datagram, so that none is ever cut short unseen. */
    private static final int BUFFER = DatagramPeer.MOST_PAYLOAD_IPV6 + 1;

    /** What a datagram takes of the kernel's buffer at the least, besides its bytes. */
    private static final int KERNEL_OVERHEAD = 256;

    private static final int RETRY_MILLIS = 10;
    /** For room in the kernel's buffer for a reply, which else is lost, as any datagram may be. */
    private static final long SEND_MILLIS = 100;

    private final DatagramChannel socket;
    private final Selector selector;
    private final SelectionKey key;
    private final String listener;
    private final String stream;
    private final DatagramGuard guard;
    private final PauseGate gate;
    private final AtomicLong sequence;
    private final Inlet channel;
    private final DatagramBatch batch;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final CountDownLatch ended = new CountDownLatch(1);
    /** What its thread may wait for besides its socket. */
    private final Waits waits = new Waits();

    private final boolean handlingMayWait;
    private volatile boolean draining;
    /** How much the kernel can still hold of what came before the drain, which datagrams that come meanwhile must not prolong. */
    private int heldByKernel;

    private @Nullable DatagramPeer lastPeer;

    /** Takes charge of the socket: it is closed if this fails. */
    DatagramReceiver(UdpTransport transport, DatagramChannel socket, String stream, AtomicLong sequence)
            throws IOException {
        TransportSettings settings = transport.settings();
        this.socket = socket;
        this.listener = settings.listener();
        this.stream = stream;
        this.guard = new DatagramGuard(settings, transport.ownAddresses());
        this.gate = transport.gate();
        this.sequence = sequence;
        this.channel = transport::handOn;
        this.handlingMayWait = settings.repliesMayWait();
        this.batch = new DatagramBatch(transport, this::send, waits);
        try {
            this.selector = Selector.open();
            socket.configureBlocking(false);
            this.key = socket.register(selector, SelectionKey.OP_READ);
        } catch (IOException ex) {
            socket.close();
            throw ex;
        }
    }

    /** Receives until closed, or until drained and nothing is left of what the kernel held by then. */
    @Override
    public void run() {
        try {
            while (socket.isOpen()) {
                gate.pass();
                // Seen before it is taken, so that what had arrived by then is.
                boolean last = draining;
                try {
                    if (!last) {
                        selector.select(_ -> {});
                    }
                    // What arrives while paused is left to the kernel.
                    gate.pass();
                    if (!take(last)) {
                        return;
                    }
                } catch (IOException ex) {
                    retryLater(ex);
                } catch (ClosedSelectorException ex) {
                    throw ex;
                } catch (RuntimeException | Error ex) {
                    Halt.onOutOfMemory(ex);
                    // Those that come later can be received.
                    log.error("Listener '{}': datagrams were not handled", listener, ex);
                    retryLater(ex);
                }
            }
        } catch (ClosedSelectorException ex) {
            log.trace("Listener '{}': closed while it waited", listener, ex);
        } finally {
            ended.countDown();
        }
    }

    /** Takes what is there, up to a batch; answers whether there may be more to come. */
    private boolean take(boolean last) throws IOException {
        batch.start();
        try {
            while (!batch.isFull()) {
                Thread.interrupted();
                InetSocketAddress source = (InetSocketAddress) socket.receive(buffer.clear());
                if (source == null) {
                    return !last;
                }
                if (gate.isClosed()) {
                    // What was received just as the listener was paused waits here, and nothing with it.
                    batch.settle();
                    gate.pass();
                }
                handle(buffer.flip(), source);
                if (last) {
                    heldByKernel -= buffer.limit() + KERNEL_OVERHEAD;
                    if (heldByKernel < 0) {
                        return false;
                    }
                }
            }
            return true;
        } finally {
            batch.settle();
        }
    }

    private void handle(ByteBuffer datagram, InetSocketAddress source) {
        int length = datagram.remaining();
        Reason.Dropped refusal = guard.refuse(source, length);
        if (refusal != null) {
            batch.drop(refusal, source, length);
            return;
        }
        byte[] payload = new byte[length];
        datagram.get(payload);
        DatagramPeer peer = peer(source);
        ReceivedMessage message = new ReceivedMessage(
                payload, peer.headers(), peer, sequence.incrementAndGet(), System.currentTimeMillis());
        batch.add(message);
        try {
            ReceivedMessage handled = handOn(message);
            if (handled == null) {
                batch.refuse(peer);
            } else if (handled != message) {
                batch.replace(handled);
            }
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': nothing behind its channel took a message", listener, ex);
            peer.fail(null);
        }
    }

    private @Nullable ReceivedMessage handOn(ReceivedMessage message) {
        if (!handlingMayWait) {
            return channel.handOn(message);
        }
        waits.enter();
        try {
            return channel.handOn(message);
        } finally {
            waits.leave();
        }
    }

    /** Datagrams of one source mostly come in a row: its headers are made once for these. */
    private DatagramPeer peer(InetSocketAddress remote) {
        DatagramPeer peer = lastPeer;
        if (peer == null || !peer.remote().equals(remote)) {
            peer = new DatagramPeer(listener, stream, batch, remote);
            lastPeer = peer;
        }
        return peer;
    }

    private boolean send(byte[] payload, InetSocketAddress target) {
        ByteBuffer datagram = ByteBuffer.wrap(payload);
        try {
            // Before each, since it would close the socket.
            Thread.interrupted();
            // An empty datagram counts as sent, too: there is no telling, and there always is room for one.
            if (socket.send(datagram, target) > 0 || payload.length == 0) {
                return true;
            }
            awaitRoom();
            return socket.send(datagram, target) > 0;
        } catch (IOException | IllegalStateException ex) {
            // The latter if it was closed meanwhile.
            log.debug("Listener '{}': a reply to {} was not sent: {}", listener, target, ex.getMessage());
            return false;
        }
    }

    private void awaitRoom() throws IOException {
        key.interestOps(SelectionKey.OP_WRITE);
        try {
            selector.select(_ -> {}, SEND_MILLIS);
        } finally {
            if (key.isValid()) {
                key.interestOps(SelectionKey.OP_READ);
            }
        }
    }

    /** Asks to take what has arrived by now, and end. */
    void drain() {
        try {
            heldByKernel = socket.socket().getReceiveBufferSize();
            draining = true;
            selector.wakeup();
        } catch (IOException ex) {
            log.trace("Draining a socket that is closed", ex);
        }
    }

    /** Waits until {@link #run()} has returned, or the time has passed. Returns whether it has. */
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Both, since the port is taken for as long as the selector knows the socket; and whatever the thread waits for ends. */
    void close() {
        waits.cutShort();
        try {
            socket.close();
            selector.close();
        } catch (IOException ex) {
            log.debug("Listener '{}': closing its socket failed: {}", listener, ex.getMessage());
        }
    }

    private void retryLater(Throwable ex) {
        if (!socket.isOpen()) {
            return;
        }
        log.debug("Listener '{}': receiving failed, trying on: {}", listener, ex.getMessage());
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException interrupted) {
            log.trace("Listener '{}': receiving on at once", listener, interrupted);
        }
    }
}
