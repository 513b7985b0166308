/**
 * Lines that Sluice puts on disk, answers, and delivers to a sink: how many arrive in a second, and how long after they
 * were due.
 *
 * <pre>
 * load program or {@link dev.sluice.bench.flow.SenderProgram} ──▶ Sluice ──▶ sink: HTTP server, or Kafka broker and consumer
 *                 {@link dev.sluice.bench.flow.SenderProgram} ─────────────▶ the same: its ceiling
 * </pre>
 *
 * <p>A line that is timed carries the time at which it was due. That is {@link System#nanoTime()}, which on Linux is
 * the same clock for all processes of a machine; the benchmark makes sure of it each time that it starts a sink.
 */
@NullMarked
package dev.sluice.bench.flow;

import org.jspecify.annotations.NullMarked;
