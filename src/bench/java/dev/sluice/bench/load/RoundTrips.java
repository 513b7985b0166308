package dev.sluice.bench.load;

import org.HdrHistogram.Histogram;

/**
 * When a connection sent what is under way: messages sent together are one entry of a ring, which is never longer than
 * messages are in flight.
 */
final class RoundTrips {

    private final int[] waiting;
    private final long[] sentAt;
    private int first;
    private int next;

    RoundTrips(int inFlight) {
        waiting = new int[inFlight];
        sentAt = new long[inFlight];
    }

    void sent(int messageCount, long now) {
        waiting[next] = messageCount;
        sentAt[next] = now;
        next = (next + 1) % waiting.length;
    }

    void returned(int messageCount, long now, Histogram histogram) {
        int left = messageCount;
        while (left > 0) {
            int count = Math.min(left, waiting[first]);
            histogram.recordValueWithCount(Math.min(now - sentAt[first], histogram.getHighestTrackableValue()), count);
            left -= count;
            waiting[first] -= count;
            if (waiting[first] == 0) {
                first = (first + 1) % waiting.length;
            }
        }
    }
}
