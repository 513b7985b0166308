/**
 * Sluice: managed TCP and UDP listeners.
 *
 * <pre>
 * socket ──▶ transport ──▶ channel ──▶ handler ──▶ reply ──▶ transport ──▶ socket
 *            accept,       greeter.    service
 *            frame         inbound     activator
 * listener builds one such line from its YAML and steers it; management watches and commands listeners
 * </pre>
 *
 * One way, no back and forth. The virtual thread of a connection carries a frame from the socket to the end of its
 * handling, so whatever is slow behind a listener slows its peers by itself: back-pressure is the call stack.
 */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
