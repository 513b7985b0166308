package dev.sluice.transport.tcp;

import dev.sluice.transport.Reason;
import dev.sluice.transport.RejectedFrame;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.FrameReader;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has read, and what became of its bytes before they were messages: counted by the connection's
 * thread alone, here and in its listener's {@link Traffic}. What it has sent is counted by its {@link ReplyWriter}.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // of what its thread alone writes
final class ConnectionTraffic {

    private final Steering steering;
    private final Drops drops;

    /** Hears of what is dropped. */
    interface Drops {

        /**
         * @param problem what is malformed, in words; null with other reasons
         */
        void dropped(Reason.Dropped reason, @Nullable String problem);

        /**
         * The same of what was no message, for operators to look at.
         *
         * @param length how many bytes of it there are
         * @param beginning the first of these
         */
        void rejected(Reason.Dropped reason, @Nullable String problem, int length, byte[] beginning);
    }

    // Written by the connection's thread, read by anyone.
    private volatile long lastReadAt;
    private volatile long messages;
    private volatile long bytes;

    /**
     * @param openedAt in milliseconds since the epoch
     */
    ConnectionTraffic(Steering steering, Drops drops, long openedAt) {
        this.steering = steering;
        this.drops = drops;
        this.lastReadAt = openedAt;
    }

    long lastReadAt() {
        return lastReadAt;
    }

    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    /** A read returned: so many bytes or the end of the stream, at this time in milliseconds since the epoch. */
    void read(int count, long at) {
        lastReadAt = at;
        bytes += Math.max(0, count);
    }

    /** So many messages have been handled. */
    void handled(int count) {
        messages += count;
    }

    /** So many bytes belonged to no frame, and so many frames were taken though their checksum was wrong. */
    void passedOver(int bytes, int mismatched) {
        if (bytes > 0) {
            steering.settings().traffic().bytesPassedOver.add(bytes);
        }
        if (mismatched > 0) {
            steering.settings().traffic().mismatched.add(mismatched);
        }
    }

    /** What a reader has found is no message, and is dropped. */
    void dropped(Reason.Dropped reason, FrameReader reader, Result found) {
        String problem = found == Result.MALFORMED ? reader.problem() : null;
        count(reason);
        drops.dropped(reason, problem);
        rejected(reason, problem, reader, found);
    }

    /** What a reader has found is kept for operators to look at, whatever it counts as. */
    void rejected(Reason.Dropped reason, @Nullable String problem, FrameReader reader, Result found) {
        drops.rejected(reason, problem, reader.refusedSize(found), reader.refused(found, RejectedFrame.MOST_BYTES));
    }

    /** Says that a message was dropped that counts as such already. */
    void tell(Reason.Dropped reason) {
        drops.dropped(reason, null);
    }

    /** It is dropped, and there is nothing to say about it, or it is said already. */
    void count(Reason.Dropped reason) {
        Traffic all = steering.settings().traffic();
        all.received.increment();
        all.dropped(reason).increment();
    }

    /** Counts what has been read and will not be handed on any more. */
    void dropRest(FrameReader reader) {
        while (true) {
            Result found = reader.next();
            switch (found) {
                case FRAME, MISMATCH -> count(Reason.Dropped.CLOSED);
                case BROKEN_OFF -> dropped(Reason.Dropped.INCOMPLETE, reader, found);
                case OVERSIZE -> dropped(Reason.Dropped.OVERSIZE, reader, found);
                case MALFORMED -> {
                    dropped(Reason.Dropped.MALFORMED, reader, found);
                    return;
                }
                case MORE -> {
                    if (reader.isWithinFrame() && !reader.isSkipping()) {
                        dropped(Reason.Dropped.INCOMPLETE, reader, found);
                    }
                    return;
                }
            }
        }
    }
}
