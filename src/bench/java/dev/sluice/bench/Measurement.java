package dev.sluice.bench;

import dev.sluice.bench.load.LoadResult;
import java.time.Duration;

/**
 * One server under one load, once.
 *
 * @param serverCpu nanoseconds of CPU time that a message took the server
 * @param loadCpu and the load program
 */
record Measurement(String server, int round, LoadResult result, long serverCpu, long loadCpu) {

    static Measurement of(String server, int round, LoadResult result, Duration serverCpu, Duration loadCpu) {
        long messages = Math.max(1, result.messages());
        return new Measurement(server, round, result, serverCpu.toNanos() / messages, loadCpu.toNanos() / messages);
    }

    double perSecond() {
        return result.perSecond();
    }
}
