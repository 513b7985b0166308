/**
 * Delivery into the program's own log.
 */
@NullMarked
package dev.sluice.sink.log;

import org.jspecify.annotations.NullMarked;
