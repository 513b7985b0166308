package dev.sluice.delivery;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import java.nio.charset.Charset;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The route of a listener as its owner declared it.
 *
 * @param sinks names, at least one: those of the listener in order, then those that only rules name
 * @param own the names of those that get messages whose rule names none; perhaps none
 * @param untilDelivered whether peers wait until the sinks of their messages have them
 * @param charset of text in its messages
 * @param rules finds fields in its messages; null if there are no rules
 * @param open whether its beans may add fields of any name
 */
public record RouteDeclaration(
        String listener,
        List<String> sinks,
        List<String> own,
        DeliveryProperties properties,
        boolean untilDelivered,
        Charset charset,
        @Nullable Function<Envelope, Fields> rules,
        boolean open) {}
