/**
 * What a Java server's CPU time goes into.
 *
 * <pre>
 * FlightRecording, told by jcmd ──▶ LOAD-SERVER.jfr ──▶ Profile ──┬─▶ FlameGraph: LOAD-SERVER.svg
 *                                                     StackTree   └─▶ HotFrames: LOAD-SERVER.txt
 * </pre>
 *
 * <p>It is sampled by CPU time ({@code jdk.CPUTimeSample}, an experiment of JDK 25 on Linux), which sees code in native
 * methods and in the kernel like any other, as time of the Java method that called there, but no threads of the JVM's
 * own: neither its collector nor its compilers.
 */
@NullMarked
package dev.sluice.bench.profile;

import org.jspecify.annotations.NullMarked;
