/**
 * Delivery to a UDP receiver.
 */
@NullMarked
package dev.sluice.sink.udp;

import org.jspecify.annotations.NullMarked;
