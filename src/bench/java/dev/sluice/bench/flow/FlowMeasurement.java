package dev.sluice.bench.flow;

/**
 * A flow, once: as fast as it goes, and then timed.
 *
 * @param way by which lines got to the sink: through Sluice, or directly
 * @param perSecond messages, from the first sent to the last that arrived
 * @param senderCpu nanoseconds of CPU time a message, of Sluice or what writes directly
 * @param sinkCpu and of the sink
 * @param timed messages of the timed part, with their latency
 */
public record FlowMeasurement(
        String way, int round, long messages, double perSecond, long senderCpu, long sinkCpu, Arrivals timed) {}
