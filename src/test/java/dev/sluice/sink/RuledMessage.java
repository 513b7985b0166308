package dev.sluice.sink;

import dev.sluice.message.Envelope;
import dev.sluice.message.WrappedEnvelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message whose rule names sinks.
 *
 * @param sinks their names; null if it names none
 */
public record RuledMessage(Envelope message, @Nullable List<String> sinks) implements WrappedEnvelope {}
