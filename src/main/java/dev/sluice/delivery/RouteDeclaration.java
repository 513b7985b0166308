package dev.sluice.delivery;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import dev.sluice.sink.Sink;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The route of a listener as its owner declared it.
 *
 * @param sinks names, at least one: those of the listener in order, then those that only rules, or outcomes
 *     of commands, go to
 * @param own the names of those that get messages whose rule names none; perhaps none
 * @param untilDelivered whether peers wait until the sinks of their messages have them
 * @param charset of text in its messages
 * @param rules finds fields in its messages; null if there are no rules
 * @param open whether messages may have fields that no rule knows: its beans add them, or they are outcomes of commands
 */
public record RouteDeclaration(
        String listener,
        List<String> sinks,
        List<String> own,
        DeliveryProperties properties,
        boolean untilDelivered,
        Charset charset,
        @Nullable Function<Envelope, Fields> rules,
        boolean open) {

    /** Returns whether its messages go through a spool. */
    boolean isDurable() {
        return properties.mode() == Mode.DURABLE;
    }

    /** Returns a sink as the listener uses it. */
    Sink used(Sink sink) {
        return ListenersSink.of(sink, charset, rules, open);
    }

    /** Returns its sinks as it uses them, out of those that all share. */
    Map<String, Sink> sinksFrom(Map<String, ? extends Sink> all) {
        Map<String, Sink> used = new LinkedHashMap<>();
        sinks.forEach(name -> used.put(name, used(Objects.requireNonNull(all.get(name)))));
        return used;
    }
}
