/** Traces of a few chosen messages, by OpenTelemetry. */
@NullMarked
package dev.sluice.trace;

import org.jspecify.annotations.NullMarked;
