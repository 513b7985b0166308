package dev.sluice.bench.flow;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What came of a flow.
 *
 * @param rate messages a second of the timed part
 */
public record FlowResult(
        String flow, String direct, int rate, List<FlowMeasurement> measurements, List<String> failures) {

    /** A chapter in Markdown, medians of the rounds. */
    public void append(StringBuilder text) {
        text.append(row("""

            ### durable to %s

            Lines of 64 bytes on 16 connections with 64 in flight, each answered once it is on disk, and delivered from there: messages a second until the
            last has arrived at the sink. Timed: at %,d a second, from when a line was due until it arrived.

            | way | messages/s | min – max | rounds | timed p50 µs | p99 µs | p99.9 µs | sender CPU ns/message | sink CPU ns/message |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """, flow, rate));
        measurements.stream().map(FlowMeasurement::way).distinct().sorted().forEach(way -> text.append(row(way)));
        text.append("\n- direct: ").append(direct).append("; neither disk nor Sluice\n");
        failures.forEach(one -> text.append("- failed: ").append(one).append('\n'));
    }

    private String row(String way) {
        List<FlowMeasurement> rounds =
                measurements.stream().filter(one -> one.way().equals(way)).toList();
        double[] perSecond = sorted(rounds, FlowMeasurement::perSecond);
        return row(
                "| %s | %,.0f | %,.0f – %,.0f | %d | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f |%n",
                way,
                median(rounds, FlowMeasurement::perSecond),
                perSecond[0],
                perSecond[perSecond.length - 1],
                rounds.size(),
                median(rounds, one -> one.timed().p50() / 1e3),
                median(rounds, one -> one.timed().p99() / 1e3),
                median(rounds, one -> one.timed().p999() / 1e3),
                median(rounds, FlowMeasurement::senderCpu),
                median(rounds, FlowMeasurement::sinkCpu));
    }

    private static String row(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static double median(List<FlowMeasurement> rounds, ToDoubleFunction<FlowMeasurement> value) {
        double[] sorted = sorted(rounds, value);
        return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
    }

    private static double[] sorted(List<FlowMeasurement> rounds, ToDoubleFunction<FlowMeasurement> value) {
        return rounds.stream().mapToDouble(value).sorted().toArray();
    }
}
