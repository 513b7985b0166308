package dev.sluice.bench.flow;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What arrives at a sink, whichever of its threads sees it. */
final class ArrivalCount {

    private static final long LONGEST = TimeUnit.MINUTES.toNanos(5);

    private final Recorder latencies = new Recorder(1, LONGEST, 3);
    private final LongAdder messages = new LongAdder();
    private volatile long last;

    void add(ByteBuffer payload, long now) {
        long due = Stamp.of(payload);
        if (due != Stamp.NONE) {
            latencies.recordValue(Math.clamp(now - due, 1, LONGEST));
        }
        messages.increment();
        last = now;
    }

    long messages() {
        return messages.sum();
    }

    /** Begins anew. */
    Arrivals take() {
        Histogram histogram = latencies.getIntervalHistogram();
        return new Arrivals(
                messages.sumThenReset(),
                last,
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9));
    }
}
