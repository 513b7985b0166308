package dev.sluice.transport;

import dev.sluice.message.Acceptance;
import dev.sluice.message.Handling;
import dev.sluice.message.Origin;
import dev.sluice.trace.FrameTraces;
import dev.sluice.trace.Traces;
import dev.sluice.transport.framing.FramingProperties;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a listener asks of its transport, whichever it is. All that may change while peers stay connected stands here,
 * and is kept nowhere else: {@link Steering} has what counts now.
 *
 * @param framing how large a message may be; where it ends stays with a connection, however this changes
 * @param limits how much is taken on
 * @param timeouts how long peers are waited for
 * @param access whom it serves
 * @param identification how connections get an identity
 * @param handling what is done with a message
 * @param repliesMayWait whether that may take long, so that a reply should not wait for those to follow
 * @param acceptance takes charge of what has been handled
 * @param answersFirst whether peers are answered before that, since all they want to know is that their message has
 *     come
 * @param answers whether a peer gets anything for a message, so that it knows which were taken
 * @param polls what is asked of each connection; null if nothing is
 * @param tap what may be shown of the bytes that come and go
 * @param traffic counts what comes
 * @param traces of messages that are chosen for that; null if there are none
 */
public record TransportSettings(
        FramingProperties framing,
        Limits limits,
        Timeouts timeouts,
        Access access,
        Identification identification,
        Handling handling,
        boolean repliesMayWait,
        Acceptance acceptance,
        boolean answersFirst,
        boolean answers,
        @Nullable Polls polls,
        TapMode tap,
        Traffic traffic,
        @Nullable Traces traces) {

    /** Returns what chooses those of one thread; null if there are no traces. */
    public @Nullable FrameTraces newFrameTraces() {
        return traces == null ? null : traces.newFrames();
    }

    /**
     * Keeps the beginning of a frame that is refused, as far as it may be shown.
     *
     * @param length how many bytes of it there are
     * @param beginning the first of these, at most {@link RejectedFrame#MOST_BYTES}
     */
    public void rejected(Reason.Dropped reason, @Nullable String problem, Origin origin, int length, byte[] beginning) {
        traffic.lastRejected.add(new RejectedFrame(
                Instant.now(), reason, problem, origin, length, tap == TapMode.PAYLOAD ? beginning : null));
    }
}
