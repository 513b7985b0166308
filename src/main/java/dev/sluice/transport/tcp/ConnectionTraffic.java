package dev.sluice.transport.tcp;

import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has read, and what became of its messages, on the way into its listener's {@link Traffic}: gathered by
 * the connection's thread alone, and added there once a read. What it has sent is counted by its {@link ReplyWriter}.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // of what its thread alone writes
final class ConnectionTraffic {

    /** Hears of each message that is dropped, and of no other. */
    interface Drops {

        /** @param problem what is malformed, in words; null with other reasons */
        void tell(Reason.Dropped reason, @Nullable String problem);
    }

    private final Traffic listener;
    private final Drops drops;

    // Written by the connection's thread, read by anyone.
    private volatile long lastReadAt;
    private volatile long messages;
    private volatile long bytes;

    /** Messages handed on and not yet added. */
    private int handedOn;
    /** Of those, the ones that have failed. */
    private int failed;

    ConnectionTraffic(Traffic listener, Drops drops, long openedAt) {
        this.listener = listener;
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

    void handedOn() {
        handedOn++;
    }

    /** A message in hand failed, or one that has been handed on. */
    void failed() {
        failed++;
    }

    /** The message in hand is refused: it is dropped, and none of those that were handed on. */
    void refused() {
        handedOn--;
        dropped(Reason.Dropped.REFUSED);
    }

    /** How many have failed since {@link #add}. */
    int failures() {
        return failed;
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
        drops.tell(reason, problem);
    }

    /** It is dropped, and there is nothing to say about it, or it is said already. */
    void count(Reason.Dropped reason) {
        listener.received.increment();
        listener.dropped(reason).increment();
    }

    /**
     * Adds what was handed on to what the listener has counted.
     *
     * @param dropped how many of those have been dropped since, and counted as such
     */
    void add(int dropped) {
        if (handedOn > 0) {
            listener.received.add(handedOn);
            listener.accepted.add(handedOn - failed - dropped);
            if (failed > 0) {
                listener.failed.add(failed);
                failed = 0;
            }
            messages += handedOn;
            handedOn = 0;
        }
    }
}
