/**
 * Sluice beside other servers, under the same load, on one machine.
 *
 * <pre>
 * Benchmark ──▶ Comparison, one per load ──▶ ServerProcess, one per server, started once
 *     │             └─ rounds: A B C A B C … ──▶ LoadProcess, one, told where to and how long
 *     ├─▶ Study, one after another: what is no matter of messages per second under a load
 *     └─▶ Report: results.md, results.json, pictures
 * </pre>
 *
 * <p>Three kinds of processes take part: this one, which sleeps while something is measured, the load program and the
 * servers, of which all but the measured one are idle. All traffic stays on 127.0.0.1.
 *
 * <p>The machine is shared: by load and server, which often have to make do with two cores, and by whatever else runs
 * on it. Therefore servers take turns within a round, and a server is compared with the baseline within each round;
 * absolute numbers drift, these ratios do so much less. The CPU time that a message costs a server hardly depends on
 * other programs at all.
 *
 * <p>Loads are for every server that offers what they want, but for the grid of sizes and connections, which only
 * Sluice and the baseline go through unless servers are chosen. The ceiling of the load program itself is what the
 * servers {@code discard} and {@code mirror} show.
 *
 * <p>{@link dev.sluice.bench.flow Flows} follow the loads: from a connection over the disk to a sink. With {@code
 * bench.profile=true} every Java server is also {@linkplain dev.sluice.bench.profile profiled}, which costs it a
 * little: no figures to quote from such a run.
 *
 * <p>Another load is another {@link dev.sluice.bench.load.Load}, another server another {@link
 * dev.sluice.bench.server.Server}, another question a {@link dev.sluice.bench.study.Study}.
 */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
