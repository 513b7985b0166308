package dev.sluice.transport.tcp;

import dev.sluice.message.Origin;
import dev.sluice.transport.Polls;
import dev.sluice.transport.Steering;
import dev.sluice.transport.framing.FrameBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one connection what its listener wants to know. The sweep and the connection's thread look whether something is
 * due; it is written by a thread made for that, since a peer that does not read must hold up neither.
 */
final class Polling {

    private static final Logger log = LoggerFactory.getLogger(Polling.class);

    private final FramedConnection connection;
    private final Steering steering;

    // All guarded by this.
    /** Those of the round in hand. */
    private @Nullable Polls polls;

    private int next;
    private long sequence;
    private boolean writing;
    /** Whether the one before is to be answered yet. */
    private boolean awaiting;
    /** Whether it was answered before its thread could say that it was written. */
    private boolean answered;

    private long sentAt;
    /** When the round in hand began. */
    private long begunAt;

    private boolean begun;

    Polling(FramedConnection connection, Steering steering) {
        this.connection = connection;
        this.steering = steering;
    }

    /** The peer has said something. */
    synchronized void answered(long now) {
        answered = writing;
        if (awaiting && !writing) {
            awaiting = false;
            look(now);
        }
    }

    /** Sends what is due by now. */
    synchronized void look(long now) {
        Origin peer = connection.origin();
        Polls asked = takeUp();
        if (asked == null || writing || asked.identified() && peer.identity() == null) {
            return;
        }
        if (awaiting) {
            if (now - sentAt < asked.timeoutNanos()) {
                return;
            }
            awaiting = false;
        }
        if (next == 0 || next == asked.polls().size()) {
            if (begun && now - begunAt < asked.everyNanos()) {
                return;
            }
            next = 0;
            begun = true;
            begunAt = now;
        }
        Polls.Poll poll = asked.polls().get(next++);
        writing = true;
        answered = false;
        sequence++;
        Thread.ofVirtual().name("poll-" + connection.connection()).start(() -> write(poll, peer, asked.timeoutNanos()));
    }

    /** Returns what is asked now; null if nothing is. The round that was asked before is not asked to its end. */
    private @Nullable Polls takeUp() {
        Polls now = steering.settings().polls();
        if (now != polls) {
            polls = now;
            next = 0;
        }
        return now;
    }

    private void write(Polls.Poll poll, Origin peer, long timeoutNanos) {
        boolean sent = false;
        try {
            FrameBuffer frame = connection.frame(poll.payload(peer, sequence()));
            sent = connection.send(frame, Duration.ofNanos(timeoutNanos));
        } catch (RuntimeException ex) {
            log.debug("Listener '{}': connection {} cannot be asked", peer.listener(), peer.connection(), ex);
        } finally {
            written(sent);
        }
    }

    private synchronized long sequence() {
        return sequence;
    }

    private synchronized void written(boolean sent) {
        writing = false;
        awaiting = sent && !answered;
        sentAt = System.nanoTime();
        if (sent && answered) {
            look(sentAt);
        }
    }
}
