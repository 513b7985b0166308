/**
 * Destinations of messages: one class each, a thin skin over the client of its technology.
 */
@NullMarked
package dev.sluice.sink;

import org.jspecify.annotations.NullMarked;
