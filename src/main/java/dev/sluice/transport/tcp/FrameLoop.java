package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Reason;
import dev.sluice.transport.framing.FrameReader;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the thread of a connection does from the first read to the last: read once, hand on every frame that is complete,
 * have them accepted if they are to be, then write the replies to all of them together. Counters are added to once a read.
 */
final class FrameLoop {

    private static final Logger log = LoggerFactory.getLogger(FrameLoop.class);
    /** Read on while others are not yet accepted, by one connection. */
    private static final int MOST_GATHERED_BYTES = 256 * 1024;
    /** The same, by all of the listener. */
    private static final int MOST_GATHERED_BYTES_OF_ALL = 4 << 20;

    private final TcpTransport transport;
    private final FramedConnection connection;
    private final PeerHeaders headers;
    private final Lifetime lifetime;
    private final Deadlines deadlines;
    private final ReplyWriter writer;
    private final ConnectionTraffic traffic;
    private final FrameReader reader;
    private final boolean skipOversize;
    private final boolean handlingMayWait;
    /** Whether a TLS client must have taken this port for another; where all bytes are welcome, so are these. */
    private final boolean refusesTls;

    /** Null where nothing is limited. */
    private final @Nullable Throttle throttle;
    /**
     * Whether what the peer sends until it hears of the end is taken. One that gets no answers would not send it again; one that
     * is held to a rate would be past it.
     */
    private final boolean readsOn;

    private final ReplyBatch replies;

    private long sequence;
    /** A frame that has been found waits to be handed on. */
    private boolean pending;

    /** Of a connection that has its handshake behind it. */
    FrameLoop(TcpTransport transport, FramedConnection connection) {
        this.transport = transport;
        this.connection = connection;
        this.headers = connection.headers();
        this.lifetime = connection.lifetime();
        this.deadlines = connection.deadlines();
        this.writer = connection.writer();
        this.traffic = connection.traffic();
        this.throttle = connection.throttle();
        this.readsOn = throttle == null && !transport.settings().answers();
        int maxSize = (int) transport.settings().framing().maxSize().toBytes();
        this.reader = new FrameReader(transport.framing().newDecoder(maxSize), connection.memory());
        this.skipOversize = transport.settings().framing().onOversize() == OnOversize.SKIP;
        this.handlingMayWait = transport.settings().repliesMayWait();
        this.refusesTls = !connection.isTls()
                && !(transport.framing() instanceof Framing.Raw || transport.framing() instanceof Framing.UntilClose);
        this.replies = new ReplyBatch(transport, connection);
    }

    /** Serves the connection until its end, and answers why it ended. */
    Reason.Closed run(InputStream in) throws IOException {
        boolean framesLeft = true;
        try {
            while (true) {
                if (throttle != null) {
                    deadlines.excuse(throttle.awaitBytes());
                }
                connection.passGate();
                if (!beginWait()) {
                    return lifetime.endReason();
                }
                // Straight to the reader where it can be: the frames of a wait are part of what each quiet connection
                // keeps.
                int n = throttle == null ? reader.read(in, Integer.MAX_VALUE) : read(in, throttle);
                long now = replies.begin();
                boolean ending = lifetime.isEnding();
                long readAt = System.currentTimeMillis();
                traffic.read(n, readAt);
                if (!deadlines.endWait(now) && (!readsOn || n < 0)) {
                    framesLeft = false;
                    return lifetime.endReason();
                }
                // What was read just as the listener was paused waits here.
                connection.passGate();
                long before = sequence;
                Reason.Closed reason = take(n, readAt);
                int gathered = n;
                while (reason == null && mayGather(gathered) && in.available() > 0) {
                    readAt = System.currentTimeMillis();
                    n = throttle == null ? reader.read(in, Integer.MAX_VALUE) : read(in, throttle);
                    gathered += n;
                    traffic.read(n, readAt);
                    reason = take(n, readAt);
                }
                // Behind what is no frame, or too large a one, no more are looked for.
                framesLeft = reason == null || reason == Reason.Closed.FAILED || pending;
                replies.answer();
                if (reason == null && connection.failedUnanswered()) {
                    reason = Reason.Closed.FAILED;
                }
                if (reason != null) {
                    return reason;
                }
                // Not if its end began during their handling: then the frame in progress is the one begun behind these.
                if (sequence > before && ending && !readsOn) {
                    return lifetime.endReason();
                }
                if (!reader.wasFilled()) {
                    // Nothing is left to read, as far as we know. Others go first, and by then there may be: to wait
                    // for it, the kernel would have to be told, and would have to tell.
                    Thread.yield();
                }
            }
        } finally {
            replies.settle();
            if (framesLeft) {
                if (pending) {
                    traffic.count(Reason.Dropped.CLOSED);
                }
                dropRest();
            }
        }
    }

    /** About to wait for bytes. Answers whether to: not if it is closed, nor for long between frames if it is to end. */
    private boolean beginWait() {
        boolean withinFrame = reader.isWithinFrame();
        deadlines.beginWait(withinFrame);
        return !connection.isClosing() && (withinFrame || !lifetime.isEnding() || readsOn && lifetime.mayReadOn());
    }

    private int read(InputStream in, Throttle throttle) throws IOException {
        int n = reader.read(in, throttle.mostBytes());
        throttle.read(n);
        return n;
    }

    private Reason.@Nullable Closed take(int bytes, long readAt) throws IOException {
        transport.traffic().bytesReceived.add(Math.max(0, bytes));
        if (sequence == 0 && refusesTls && ClientHello.begins(reader.rest(ClientHello.BEGINNING))) {
            traffic.count(Reason.Dropped.MALFORMED);
            return refuseTls();
        }
        Reason.Closed reason = bytes < 0 ? end(readAt) : handOn(readAt);
        int passedOver = reader.takePassedOver();
        if (passedOver > 0) {
            transport.traffic().bytesPassedOver.add(passedOver);
        }
        return reason;
    }

    private Reason.Closed refuseTls() {
        TlsTrouble trouble = TlsTrouble.UNEXPECTED_TLS;
        transport.troubles().tls(trouble, connection.remote());
        return trouble.closed();
    }

    /**
     * Whether what has come meanwhile may be accepted together with what is still to be: a disk is forced as fast for much
     * as for little. What has been read counts, whether or not it made a message: the peer's deadlines stand still meanwhile.
     */
    private boolean mayGather(int gathered) {
        return replies.mayGather()
                && gathered < MOST_GATHERED_BYTES
                && gathered < MOST_GATHERED_BYTES_OF_ALL / Math.max(1, transport.openConnections())
                && (throttle == null || throttle.mayReadOn())
                && !lifetime.isEnding()
                && !transport.steering().gate().isClosed();
    }

    /** Hands on all frames that are complete. Answers why to end the connection, or null to read on. */
    private Reason.@Nullable Closed handOn(long readAt) throws IOException {
        boolean skipping = skipOversize && reader.isSkipping();
        while (true) {
            switch (reader.next()) {
                case MORE -> {
                    if (skipping && !reader.isSkipping()) {
                        deadlines.frameEnded();
                    }
                    return null;
                }
                case FRAME -> {
                    skipping = false;
                    if (holdToRate()) {
                        handOnFrame(readAt);
                    }
                    if (connection.failedUnanswered()) {
                        return Reason.Closed.FAILED;
                    }
                }
                case OVERSIZE -> {
                    traffic.dropped(Reason.Dropped.OVERSIZE);
                    if (!skipOversize) {
                        return Reason.Closed.OVERSIZE;
                    }
                    // One that is still to be skipped has begun when it has, not now.
                    boolean anotherSkipped = skipping;
                    skipping = reader.isSkipping();
                    if (anotherSkipped || !skipping) {
                        deadlines.frameEnded();
                    }
                }
                case BROKEN_OFF -> {
                    skipping = false;
                    traffic.dropped(Reason.Dropped.INCOMPLETE);
                    deadlines.frameEnded();
                }
                case MALFORMED -> {
                    traffic.malformed(reader.problem());
                    return Reason.Closed.MALFORMED;
                }
            }
        }
    }

    /**
     * Over its rate of messages, the peer has its answers so far, and the thread waits. Answers whether to hand on the frame
     * that was found: not if one before it turned out to fail without an answer.
     */
    private boolean holdToRate() throws IOException {
        if (throttle == null || throttle.tryTake()) {
            return true;
        }
        pending = true;
        replies.answer();
        throttle.take();
        // Paused meanwhile.
        connection.passGate();
        pending = connection.failedUnanswered();
        deadlines.heldAnew(replies.begin());
        return !pending;
    }

    private void handOnFrame(long readAt) throws IOException {
        if (!replies.tryGather(reader.size())) {
            pending = true;
            throw new SocketException("Socket closed");
        }
        byte[] payload = reader.payload();
        deadlines.frameEnded();
        traffic.handedOn();
        ReceivedMessage message = new ReceivedMessage(payload, headers, connection, ++sequence, readAt);
        int failures = traffic.failures();
        int start = writer.waitingBytes();
        ReceivedMessage handled = message;
        try {
            handled = handlingMayWait ? connection.handOn(message) : transport.handOn(message);
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': nothing behind its channel took a message", connection.listener(), ex);
            connection.fail(null);
        }
        if (handled == null) {
            replies.refuse(message, start);
        } else {
            replies.add(handled, start, traffic.failures() > failures);
        }
    }

    /** The peer has ended its side. */
    private Reason.Closed end(long readAt) throws IOException {
        boolean withinFrame = reader.isWithinFrame() && !reader.isSkipping();
        switch (reader.last()) {
            case FRAME -> {
                if (holdToRate()) {
                    handOnFrame(readAt);
                }
            }
            case OVERSIZE -> traffic.dropped(Reason.Dropped.OVERSIZE);
            case MORE, BROKEN_OFF, MALFORMED -> {
                if (withinFrame) {
                    traffic.dropped(Reason.Dropped.INCOMPLETE);
                }
            }
        }
        return Reason.Closed.PEER;
    }

    /** Counts what has been read and will not be handed on any more. */
    private void dropRest() {
        while (true) {
            switch (reader.next()) {
                case FRAME -> traffic.count(Reason.Dropped.CLOSED);
                case BROKEN_OFF -> traffic.dropped(Reason.Dropped.INCOMPLETE);
                case OVERSIZE -> traffic.dropped(Reason.Dropped.OVERSIZE);
                case MALFORMED -> {
                    traffic.malformed(reader.problem());
                    return;
                }
                case MORE -> {
                    if (reader.isWithinFrame() && !reader.isSkipping()) {
                        traffic.dropped(Reason.Dropped.INCOMPLETE);
                    }
                    return;
                }
            }
        }
    }
}
