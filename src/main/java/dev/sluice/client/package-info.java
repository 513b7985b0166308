/**
 * The command-line peer: the other end of a socket. Starts without Spring's context.
 *
 * <pre>
 * Messages ──▶ Sender (a virtual thread) ──▶ socket ──▶ FrameReader ──▶ AnswerPrinter (the main thread)
 * </pre>
 *
 * Both ways at once, so that a peer that answers while it is still being sent to never waits for us to read. The main
 * thread alone decides when it is over; what ends it badly is a {@code ClientFailure}, one line and an exit code.
 */
@NullMarked
package dev.sluice.client;

import org.jspecify.annotations.NullMarked;
