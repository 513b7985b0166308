/**
 * Destinations of messages, and what all kinds of them share. Each kind has a package of its own, a thin skin over the
 * client of its technology, whose {@link dev.sluice.sink.SinkDeclaration} is what the rest of the program sees of it.
 */
@NullMarked
package dev.sluice.sink;

import org.jspecify.annotations.NullMarked;
