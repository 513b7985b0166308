package dev.sluice.sink.amqp;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import java.time.Duration;
import org.springframework.beans.factory.BeanFactory;
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
        @DefaultValue("10s") Duration timeout) implements SinkDeclaration {

    @Override
    public void check(Check check) {
        check.template("exchange", exchange);
        check.template("routing-key", routingKey);
        check.that(
                !(exchange.isEmpty() && routingKey.isEmpty()),
                "routing-key",
                "is missing. Give the name of a queue, or an 'exchange' that needs none");
        check.timeout(timeout);
    }

    @Override
    public Sink open(String name, BeanFactory beans) {
        return new AmqpSink(name, this, beans);
    }
}
