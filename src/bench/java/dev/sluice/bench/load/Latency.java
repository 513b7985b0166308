package dev.sluice.bench.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Nanoseconds until all of a message's answer has been read.
 *
 * <p>Of a load with a fixed number of messages in flight they count from handing a message to the kernel; what waits in
 * the load program's own socket is in them. A connection sends its next message when an answer has come, so a server
 * that stalls is asked less meanwhile. Of a {@linkplain PacedLoad paced load} they count from when a message was due,
 * whoever was late, so a stall shows in every message that fell into it.
 */
public record Latency(long p50, long p99, long p999) {

    /** What is longer counts as this. */
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(1);

    static Histogram histogram() {
        return new Histogram(LONGEST, 3);
    }

    static Latency of(Histogram histogram) {
        return new Latency(
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9));
    }
}
