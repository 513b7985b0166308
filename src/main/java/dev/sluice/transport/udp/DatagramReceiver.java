package dev.sluice.transport.udp;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.PauseGate;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives from one socket on one thread, which also handles each datagram and answers it: what is too much waits in the
 * kernel's buffer, and is dropped and counted there, never in a queue of ours.
 */
final class DatagramReceiver implements Runnable {

    /** How soon a receiver sees that its listener drains. */
    static final int LOOK_MILLIS = 200;

    private static final Logger log = LoggerFactory.getLogger(DatagramReceiver.class);
    /** One byte more than the largest datagram, so that none is ever cut short unseen. */
    private static final int BUFFER = DatagramPeer.MOST_PAYLOAD_IPV6 + 1;

    /** What a datagram takes of the kernel's buffer at the least, besides its bytes. */
    private static final int KERNEL_OVERHEAD = 256;

    private static final int RETRY_MILLIS = 10;

    private final DatagramSocket socket;
    private final String listener;
    private final String stream;
    private final int maxSize;
    private final PauseGate gate;
    private final Traffic traffic;
    private final AtomicLong sequence;
    private final Consumer<ReceivedMessage> channel;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean draining;
    /** How much the kernel can still hold of what came before the drain, which datagrams that come meanwhile must not prolong. */
    private int heldByKernel;

    private @Nullable DatagramPeer lastPeer;

    DatagramReceiver(UdpTransport transport, DatagramSocket socket, String stream, AtomicLong sequence) {
        this.socket = socket;
        this.listener = transport.settings().listener();
        this.stream = stream;
        this.maxSize = (int) transport.settings().framing().maxSize().toBytes();
        this.gate = transport.gate();
        this.traffic = transport.traffic();
        this.sequence = sequence;
        this.channel = transport::handOn;
    }

    /** Receives until closed, or until drained and nothing is left of what the kernel held by then. */
    @Override
    public void run() {
        try {
            receive(new DatagramPacket(new byte[BUFFER], BUFFER));
        } finally {
            ended.countDown();
        }
    }

    private void receive(DatagramPacket packet) {
        while (!socket.isClosed()) {
            gate.pass();
            packet.setLength(BUFFER);
            try {
                socket.receive(packet);
            } catch (SocketTimeoutException ex) {
                if (draining) {
                    return;
                }
                continue;
            } catch (IOException ex) {
                if (!socket.isClosed()) {
                    retryLater(ex);
                }
                continue;
            }
            // What was received just as the listener was paused waits here.
            gate.pass();
            handle(packet);
            if (draining) {
                heldByKernel -= packet.getLength() + KERNEL_OVERHEAD;
                if (heldByKernel < 0) {
                    return;
                }
            }
        }
    }

    /** Asks to take what has arrived by now, and end. */
    void drain() {
        try {
            heldByKernel = socket.getReceiveBufferSize();
            draining = true;
            socket.setSoTimeout(1);
        } catch (SocketException ex) {
            log.trace("Draining a socket that is closed", ex);
        }
    }

    /** Waits until {@link #run()} has returned, or the time has passed. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        if (!ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            log.warn("Listener '{}': datagrams still came at the end of its drain; they are cut off", listener);
        }
    }

    void close() {
        socket.close();
    }

    private void handle(DatagramPacket packet) {
        long start = System.nanoTime();
        traffic.bytesReceived.add(packet.getLength());
        if (packet.getLength() > maxSize) {
            traffic.received.increment();
            traffic.dropped(Reason.Dropped.OVERSIZE).increment();
            return;
        }
        DatagramPeer peer = peer((InetSocketAddress) packet.getSocketAddress());
        byte[] payload = Arrays.copyOf(packet.getData(), packet.getLength());
        try {
            channel.accept(new ReceivedMessage(
                    payload, peer.headers(), peer, sequence.incrementAndGet(), System.currentTimeMillis()));
        } catch (RuntimeException | Error ex) {
            log.error("Listener '{}': nothing behind its channel took a message", listener, ex);
            peer.fail(null);
        }
        int replies = peer.takeReplies();
        if (replies > 0) {
            traffic.replied.add(replies);
            traffic.bytesSent.add(peer.takeBytesSent());
            traffic.repliedAfter(System.nanoTime() - start);
        }
        traffic.received.increment();
        (peer.takeFailures() > 0 ? traffic.failed : traffic.accepted).increment();
    }

    /** Datagrams of one source mostly come in a row: its headers are made once for these. */
    private DatagramPeer peer(InetSocketAddress remote) {
        DatagramPeer peer = lastPeer;
        if (peer == null || !peer.remote().equals(remote)) {
            peer = new DatagramPeer(listener, stream, socket, remote);
            lastPeer = peer;
        }
        return peer;
    }

    private void retryLater(IOException ex) {
        log.debug("Listener '{}': receiving failed, trying on: {}", listener, ex.getMessage());
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
