package dev.sluice.transport.udp;

import dev.sluice.memory.Halt;
import dev.sluice.message.Origin;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Reason;
import dev.sluice.transport.RejectedFrame;
import dev.sluice.transport.Steering;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.Waits;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties.OnMismatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives from its sockets on one thread: waits, takes what the kernel holds, handles each datagram, and settles them
 * together. What is too much waits in the kernel's buffer, and is dropped and counted there, never in a queue of ours.
 *
 * <p>The channels never block. An interrupt would close one, so whatever handles a message may leave the thread
 * interrupted and it is not minded: a drain or a close ends the thread, and each wakes it.
 */
final class DatagramReceiver implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(DatagramReceiver.class);
    /** One byte more than the largest datagram, so that none is ever cut short unseen. */
    private static final int BUFFER = DatagramPeer.MOST_PAYLOAD_IPV6 + 1;

    private static final int RETRY_MILLIS = 10;

    private final ReceiverSockets sockets;
    private final DatagramStream stream;
    private final Steering steering;
    private final DatagramGuard guard;
    /** Null if each datagram is a message. */
    private @Nullable DatagramCutter cutter;

    private final DatagramAnswers answers;
    /** What its thread may wait for besides its sockets. */
    private final Waits waits;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable afterEnd;
    /** Others receive in its place: it takes what has arrived by now, and ends. */
    private volatile boolean leaving;

    /** The settings of the batch in hand. */
    private TransportSettings settings;

    /**
     * @param waits of this receiver's thread, which its answers know too
     * @param afterEnd run when it has ended, by its thread
     */
    DatagramReceiver(
            ReceiverSockets sockets,
            DatagramStream stream,
            Steering steering,
            DatagramGuard guard,
            DatagramAnswers answers,
            Waits waits,
            Runnable afterEnd) {
        this.sockets = sockets;
        this.stream = stream;
        this.steering = steering;
        this.guard = guard;
        this.answers = answers;
        this.waits = waits;
        this.afterEnd = afterEnd;
        this.settings = steering.settings();
        cutBy(settings);
    }

    private void cutBy(TransportSettings changed) {
        Framing.Frames frames = changed.framing().toFramesOfDatagrams();
        cutter = frames == null ? null : new DatagramCutter(frames);
        answers.frames(frames);
    }

    /** Receives until closed, or until drained and nothing is left of what the kernel held by then. */
    @Override
    public void run() {
        boolean last = false;
        try {
            while (sockets.isOpen()) {
                steering.gate().pass();
                try {
                    if (!last && (leaving || steering.isDraining())) {
                        // Seen before it is taken, so that what had arrived by then is.
                        sockets.drain();
                        last = true;
                    }
                    if (!last) {
                        sockets.await();
                    }
                    // What arrives while paused is left to the kernel.
                    steering.gate().pass();
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
                    log.error("Listener '{}': datagrams were not handled", stream.listener(), ex);
                    retryLater(ex);
                }
            }
        } catch (ClosedSelectorException ex) {
            log.trace("Listener '{}': closed while it waited", stream.listener(), ex);
        } finally {
            ended.countDown();
            afterEnd.run();
        }
    }

    /** Takes what is there, up to a batch; returns whether there may be more to come. */
    private boolean take(boolean last) throws IOException {
        TransportSettings now = steering.settings();
        if (now.framing() != settings.framing()) {
            cutBy(now);
        }
        settings = now;
        answers.begin(now, steering.tap().onlookers());
        try {
            while (!answers.isFull()) {
                ReceivingSocket socket = sockets.next();
                if (socket == null) {
                    return !last;
                }
                Thread.interrupted();
                InetSocketAddress source = socket.receive(buffer.clear());
                if (source == null) {
                    sockets.exhausted();
                    continue;
                }
                if (steering.gate().isClosed()) {
                    // What was received just as the listener was paused waits here, and nothing with it.
                    answers.settle();
                    steering.gate().pass();
                }
                handle(socket, buffer.flip(), source);
                if (last && !socket.mayHoldMore(buffer.limit())) {
                    sockets.exhausted();
                }
            }
            return true;
        } finally {
            answers.settle();
        }
    }

    private void handle(ReceivingSocket socket, ByteBuffer datagram, InetSocketAddress source) {
        int length = datagram.remaining();
        Reason.Dropped refusal = guard.refuse(settings, source, length);
        if (refusal != null) {
            answers.drop(refusal, null, source, length);
            if (refusal == Reason.Dropped.OVERSIZE) {
                byte[] beginning = new byte[Math.min(length, RejectedFrame.MOST_BYTES)];
                datagram.get(beginning);
                settings.rejected(refusal, null, stream.origin(source), length, beginning);
            }
            return;
        }
        byte[] payload = new byte[length];
        datagram.get(payload);
        DatagramPeer peer = socket.peer(stream, answers, source);
        if (cutter == null) {
            answers.take(message(payload, peer));
        } else {
            take(cutter, payload, peer, length);
        }
    }

    private ReceivedMessage message(byte[] payload, DatagramPeer peer) {
        return new ReceivedMessage(payload, peer.headers(), peer, stream.next(), System.currentTimeMillis());
    }

    private void take(DatagramCutter cutter, byte[] datagram, DatagramPeer peer, int length) {
        if (!cutter.cut(datagram)) {
            drop(Reason.Dropped.MALFORMED, cutter.problem(), peer, datagram);
            return;
        }
        int left = length;
        // Who the device is holds for all that follows in its datagram, and for no other.
        Origin known = peer.origin();
        for (DatagramCutter.Cut cut : cutter.cuts()) {
            int size = cut.payload().length;
            left -= size;
            if (answers.isFull()) {
                answers.settle();
            }
            OnMismatch onMismatch = cutter.frames().onMismatch();
            if (!cut.intact() && onMismatch == OnMismatch.DROP) {
                drop(Reason.Dropped.CHECKSUM, null, peer, cut.payload());
                continue;
            }
            ReceivedMessage message = message(cut.payload(), peer);
            message.identify(known);
            if (!cut.intact() && onMismatch == OnMismatch.FAIL) {
                answers.takeFailed(message, Reason.Dropped.CHECKSUM);
                reject(Reason.Dropped.CHECKSUM, null, peer, cut.payload());
            } else {
                if (!cut.intact()) {
                    settings.traffic().mismatched.increment();
                }
                answers.take(message);
            }
            known = message.origin();
        }
        answers.passOver(left);
    }

    private void drop(Reason.Dropped reason, @Nullable String problem, DatagramPeer peer, byte[] bytes) {
        answers.drop(reason, problem, peer.remote(), bytes.length);
        reject(reason, problem, peer, bytes);
    }

    private void reject(Reason.Dropped reason, @Nullable String problem, DatagramPeer peer, byte[] bytes) {
        byte[] beginning = Arrays.copyOf(bytes, Math.min(bytes.length, RejectedFrame.MOST_BYTES));
        settings.rejected(reason, problem, peer.origin(), bytes.length, beginning);
    }

    /** Has the thread look whether the listener drains: then it takes what has arrived by now, and ends. */
    void wakeUp() {
        sockets.wakeUp();
    }

    /** Others receive in its place: it takes what has arrived by now, once the listener is not paused, and ends. */
    void leave() {
        leaving = true;
        wakeUp();
    }

    ReceiverSockets sockets() {
        return sockets;
    }

    /** Waits until {@link #run()} has returned, or the time has passed. Returns whether it has. */
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Closes the sockets; whatever the thread waits for ends. */
    void close() {
        waits.cutShort();
        sockets.close();
    }

    private void retryLater(Throwable ex) {
        if (!sockets.isOpen()) {
            return;
        }
        log.debug("Listener '{}': receiving failed, trying on: {}", stream.listener(), ex.getMessage());
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException interrupted) {
            log.trace("Listener '{}': receiving on at once", stream.listener(), interrupted);
        }
    }
}
