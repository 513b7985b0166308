package dev.sluice.transport.tcp;

import dev.sluice.memory.Holding;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.framing.FrameDecoder;
import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.FrameReader;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties.OnMismatch;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the thread of a connection does from the first read to the last: read once, hand on every frame that is
 * complete, have them accepted if they are to be, then write the replies to all of them together. Counters are added to
 * once a read.
 */
final class FrameLoop {

    private final FramedConnection connection;
    private final SocketPeer peer;
    private final Steering steering;
    private final IntSupplier openConnections;
    private final Lifetime lifetime;
    private final Deadlines deadlines;
    private final ConnectionTraffic traffic;
    private final Framing framing;
    private final FrameReader reader;
    private final FramedAnswers answers;
    private final Bystanders bystanders;
    private final BoundIdentities identities;
    private final Throttle throttle;
    /** Whether a TLS client must have taken this port for another; where all bytes are welcome, so are these. */
    private final boolean refusesTls;

    /** The settings as they were at the last read. */
    private TransportSettings settings;
    /** Behind the frame in progress, another decoder goes on: its greatest size has changed meanwhile. */
    private boolean resized;
    /** Whether anybody else minded what the peer says by then. */
    private boolean watched;

    private long sequence;
    /** A frame that has been found waits to be handed on. */
    private boolean pending;

    /**
     * @param connection which has its handshake behind it
     * @param openConnections of the listener
     * @param framing that the connection has
     */
    FrameLoop(
            FramedConnection connection,
            Steering steering,
            IntSupplier openConnections,
            Framing framing,
            Holding memory,
            boolean refusesTls) {
        this.connection = connection;
        this.peer = connection.peer();
        this.steering = steering;
        this.openConnections = openConnections;
        this.lifetime = connection.lifetime();
        this.deadlines = lifetime.deadlines();
        this.traffic = connection.traffic();
        this.framing = framing;
        this.answers = connection.answers();
        this.bystanders = connection.bystanders();
        this.identities = connection.identities();
        this.refusesTls = refusesTls;
        this.settings = steering.settings();
        this.reader = new FrameReader(newDecoder(), memory);
        this.throttle =
                new Throttle(settings.limits(), lifetime.waits(), () -> lifetime.isEnding() || lifetime.isClosing());
    }

    private FrameDecoder newDecoder() {
        return framing.newDecoder((int) settings.framing().maxSize().toBytes());
    }

    /**
     * A read returned so many bytes: what it brought is handled by the settings as they are now. Returns this time.
     */
    private long takeUp(int bytes) {
        TransportSettings now = steering.settings();
        if (now != settings) {
            takeUp(now, bytes);
        }
        return answers.begin(now);
    }

    private void takeUp(TransportSettings changed, int bytes) {
        TransportSettings before = settings;
        settings = changed;
        if (!changed.limits().equals(before.limits())) {
            throttle.limit(changed.limits());
        }
        if (!changed.framing().maxSize().equals(before.framing().maxSize())) {
            resized = true;
            if (!reader.isSkipping() && reader.unfinished() <= Math.max(0, bytes)) {
                resize();
            }
        }
    }

    private void resize() {
        resized = false;
        reader.goOnBy(newDecoder());
    }

    /**
     * Whether what the peer sends until it hears of the end is taken. One that gets no answers would not send it again;
     * one that is held to a rate would be past it.
     */
    private boolean readsOn() {
        return !throttle.isLimiting() && !settings.answers();
    }

    /** Serves the connection until its end, and returns why it ended. */
    Reason.Closed run(InputStream in) throws IOException {
        boolean framesLeft = true;
        try {
            while (true) {
                deadlines.excuse(throttle.awaitBytes());
                lifetime.passGate();
                if (!beginWait()) {
                    return lifetime.endReason();
                }
                // Straight to the reader: the stack of a wait is part of what each quiet connection keeps.
                int n = reader.read(in, throttle.mostBytes());
                throttle.read(n);
                long now = takeUp(n);
                boolean ending = lifetime.isEnding();
                long readAt = System.currentTimeMillis();
                traffic.read(n, readAt);
                if (!deadlines.endWait(now) && (!readsOn() || n < 0)) {
                    framesLeft = false;
                    return lifetime.endReason();
                }
                // What was read just as the listener was paused waits here.
                lifetime.passGate();
                long before = sequence;
                Reason.Closed reason = take(n, readAt);
                int gathered = n;
                while (reason == null && mayGather(gathered) && in.available() > 0) {
                    readAt = System.currentTimeMillis();
                    n = reader.read(in, throttle.mostBytes());
                    throttle.read(n);
                    gathered += n;
                    traffic.read(n, readAt);
                    reason = take(n, readAt);
                }
                // Behind what is no frame, or too large a one, no more are looked for.
                framesLeft = reason == null || reason == answers.end() || pending;
                answers.answer();
                if (watched) {
                    bystanders.answered();
                }
                if (reason == null) {
                    reason = answers.end();
                }
                if (reason != null) {
                    return reason;
                }
                identities.announce();
                if (settings.polls() != null && sequence > before) {
                    tellPolling();
                }
                // Not if its end began during their handling: then the frame in progress is the one begun behind these.
                if (sequence > before && ending && !readsOn()) {
                    return lifetime.endReason();
                }
                if (!reader.wasFilled()) {
                    // Nothing is left to read, as far as we know. Others go first, and by then there may be: to wait
                    // for it, the kernel would have to be told, and would have to tell.
                    Thread.yield();
                }
            }
        } finally {
            answers.settle();
            bystanders.answered();
            if (framesLeft) {
                if (pending) {
                    traffic.count(Reason.Dropped.CLOSED);
                }
                traffic.dropRest(reader);
            }
        }
    }

    /** The peer has said something. */
    private void tellPolling() {
        Polling polling = connection.polling();
        if (polling != null) {
            polling.answered(System.nanoTime());
        }
    }

    /** About to wait for bytes. Returns whether to: not if closed, nor for long between frames if it is to end. */
    private boolean beginWait() {
        boolean withinFrame = reader.isWithinFrame();
        deadlines.beginWait(withinFrame);
        return !lifetime.isClosing() && (withinFrame || !lifetime.isEnding() || readsOn() && lifetime.mayReadOn());
    }

    private Reason.@Nullable Closed take(int bytes, long readAt) throws IOException {
        watched = bystanders.any();
        settings.traffic().bytesReceived.add(Math.max(0, bytes));
        if (sequence == 0 && refusesTls && ClientHello.begins(reader.unfinished(ClientHello.BEGINNING))) {
            traffic.count(Reason.Dropped.MALFORMED);
            traffic.rejected(Reason.Dropped.MALFORMED, "TLS", reader, Result.MORE);
            return Reason.Closed.UNEXPECTED_TLS;
        }
        Reason.Closed reason = bytes < 0 ? end(readAt) : handOn(readAt);
        traffic.passedOver(reader.takePassedOver(), reader.takePassed());
        return reason;
    }

    /**
     * Returns whether what has come meanwhile may be accepted together with what is still to be: a disk is forced as
     * fast for much as for little. What has been read counts, whether or not it made a message: the peer's deadlines
     * stand still meanwhile.
     */
    private boolean mayGather(int gathered) {
        return answers.mayGather(gathered, openConnections.getAsInt())
                && throttle.mayReadOn()
                && !lifetime.isEnding()
                && !steering.gate().isClosed();
    }

    /** Hands on all frames that are complete. Returns why to end the connection, or null to read on. */
    private Reason.@Nullable Closed handOn(long readAt) throws IOException {
        boolean skipOversize = settings.framing().onOversize() == OnOversize.SKIP;
        boolean skipping = skipOversize && reader.isSkipping();
        Result found = reader.next();
        if (resized && (found == Result.FRAME || found == Result.MISMATCH)) {
            resize();
        }
        while (true) {
            switch (found) {
                case MORE -> {
                    if (skipping && !reader.isSkipping()) {
                        deadlines.frameEnded();
                    }
                    return null;
                }
                case FRAME, MISMATCH -> {
                    skipping = false;
                    handOnFrame(found, readAt);
                    if (answers.end() != null) {
                        return answers.end();
                    }
                }
                case OVERSIZE -> {
                    traffic.dropped(Reason.Dropped.OVERSIZE, reader, found);
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
                    traffic.dropped(Reason.Dropped.INCOMPLETE, reader, found);
                    deadlines.frameEnded();
                }
                case MALFORMED -> {
                    traffic.dropped(Reason.Dropped.MALFORMED, reader, found);
                    return Reason.Closed.MALFORMED;
                }
            }
            found = reader.next();
        }
    }

    /**
     * Over its rate of messages, the peer has its answers so far, and the thread waits. Returns whether to hand on the
     * frame that was found: not if one before it turned out to fail without an answer.
     */
    private boolean holdToRate() throws IOException {
        if (throttle.tryTake()) {
            return true;
        }
        pending = true;
        answers.answer();
        throttle.take();
        // Paused meanwhile.
        lifetime.passGate();
        pending = answers.end() != null;
        deadlines.heldAnew(answers.restart());
        return !pending;
    }

    private void handOnFrame(Result found, long readAt) throws IOException {
        boolean intact = found == Result.FRAME;
        if (!intact && framing instanceof Framing.Frames frames && frames.onMismatch() == OnMismatch.DROP) {
            traffic.dropped(Reason.Dropped.CHECKSUM, reader, found);
            deadlines.frameEnded();
            return;
        }
        if (!holdToRate()) {
            return;
        }
        if (!answers.tryGather(reader.size())) {
            pending = true;
            throw new SocketException("Socket closed");
        }
        ReceivedMessage message = new ReceivedMessage(reader.payload(), peer.headers(), peer, ++sequence, readAt);
        deadlines.frameEnded();
        if (!intact) {
            traffic.rejected(Reason.Dropped.CHECKSUM, null, reader, found);
            bystanders.show(message);
            answers.takeFailed(message, Reason.Dropped.CHECKSUM);
        } else if (watched && bystanders.take(message)) {
            answers.keepBack();
        } else {
            answers.take(message);
        }
    }

    /** The peer has ended its side. */
    private Reason.Closed end(long readAt) throws IOException {
        boolean withinFrame = reader.isWithinFrame() && !reader.isSkipping();
        Result found = reader.last();
        switch (found) {
            case FRAME -> handOnFrame(Result.FRAME, readAt);
            case OVERSIZE -> traffic.dropped(Reason.Dropped.OVERSIZE, reader, found);
            case MORE, BROKEN_OFF, MALFORMED, MISMATCH -> {
                if (withinFrame) {
                    traffic.dropped(Reason.Dropped.INCOMPLETE, reader, found);
                }
            }
        }
        return Reason.Closed.PEER;
    }
}
