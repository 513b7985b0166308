package dev.sluice.bench.flow;

/**
 * What arrived at a sink.
 *
 * @param last when the last message did, in terms of {@link System#nanoTime()}
 * @param p50 nanoseconds from when a message was due until it arrived; 0, like the others, if none carried a time
 */
public record Arrivals(long messages, long last, long p50, long p99, long p999) {}
