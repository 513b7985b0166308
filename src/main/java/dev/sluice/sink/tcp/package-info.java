/**
 * Delivery to a TCP server.
 */
@NullMarked
package dev.sluice.sink.tcp;

import org.jspecify.annotations.NullMarked;
