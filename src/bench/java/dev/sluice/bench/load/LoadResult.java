package dev.sluice.bench.load;

import org.jspecify.annotations.Nullable;

/**
 * What the load program saw.
 *
 * @param messages that the server has dealt with
 * @param nanos from the first byte sent until the server was done with the last message
 * @param latency if each message has an answer
 * @param failure why the numbers are not to be trusted
 */
public record LoadResult(
        long messages,
        long nanos,
        @Nullable Latency latency,
        @Nullable String failure) {

    static LoadResult failed(String reason) {
        return new LoadResult(0, 0, null, reason);
    }

    public double perSecond() {
        return messages * 1e9 / nanos;
    }
}
