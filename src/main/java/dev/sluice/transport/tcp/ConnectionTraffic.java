package dev.sluice.transport.tcp;

import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.framing.FrameReader;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has read, and what became of its bytes before they were messages: counted by the connection's
 * thread alone, here and in its listener's {@link Traffic}. What it has sent is counted by its {@link ReplyWriter}.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // of what its thread alone writes
final class ConnectionTraffic {

    private final Steering steering;
    private final BiConsumer<Reason.Dropped, @Nullable String> drops;

    // Written by the connection's thread, read by anyone.
    private volatile long lastReadAt;
    private volatile long messages;
    private volatile long bytes;

    /**
     * @param drops hears of each message that is dropped, and what is malformed, if that is why
     * @param openedAt in milliseconds since the epoch
     */
    ConnectionTraffic(Steering steering, BiConsumer<Reason.Dropped, @Nullable String> drops, long openedAt) {
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

    /** A message or what was to be one is dropped before it is handed on. */
    void dropped(Reason.Dropped reason) {
        dropped(reason, null);
    }

    /** The same of bytes that are no frame, because of this problem. */
    void malformed(String problem) {
        dropped(Reason.Dropped.MALFORMED, problem);
    }

    private void dropped(Reason.Dropped reason, @Nullable String problem) {
        count(reason);
        drops.accept(reason, problem);
    }

    /** Says that a message was dropped that counts as such already. */
    void tell(Reason.Dropped reason) {
        drops.accept(reason, null);
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
            switch (reader.next()) {
                case FRAME, MISMATCH -> count(Reason.Dropped.CLOSED);
                case BROKEN_OFF -> dropped(Reason.Dropped.INCOMPLETE);
                case OVERSIZE -> dropped(Reason.Dropped.OVERSIZE);
                case MALFORMED -> {
                    malformed(reader.problem());
                    return;
                }
                case MORE -> {
                    if (reader.isWithinFrame() && !reader.isSkipping()) {
                        dropped(Reason.Dropped.INCOMPLETE);
                    }
                    return;
                }
            }
        }
    }
}
