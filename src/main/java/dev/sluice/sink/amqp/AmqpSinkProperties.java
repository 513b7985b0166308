package dev.sluice.sink.amqp;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An AMQP 0-9-1 exchange.
 *
 * @param exchange its name, a template; empty is the default exchange, which knows every queue by its name
 * @param routingKey a template
 * @param timeout for the confirmation of a batch, and for the connection
 */
public record AmqpSinkProperties(
        @DefaultValue("") String exchange,
        @DefaultValue("") String routingKey,
        @DefaultValue("10s") Duration timeout) {}
