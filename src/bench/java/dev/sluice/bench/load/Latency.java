package dev.sluice.bench.load;

import org.HdrHistogram.Histogram;

/**
 * Round trips in nanoseconds, from handing a message to the kernel to having read all of its answer: what waits in the load program's own socket
 * is in it. A connection sends its next message when an answer has come, so a server that stalls is asked less meanwhile.
 */
public record Latency(long p50, long p99, long p999) {

    static Latency of(Histogram histogram) {
        return new Latency(
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9));
    }
}
