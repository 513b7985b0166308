/**
 * TCP: accepting, reading frames in bulk, answering, deadlines and draining.
 */
@NullMarked
package dev.sluice.transport.tcp;

import org.jspecify.annotations.NullMarked;
