/**
 * Bytes in and out: connections, what is counted of them, and the gate that pauses them.
 */
@NullMarked
package dev.sluice.transport;

import org.jspecify.annotations.NullMarked;
