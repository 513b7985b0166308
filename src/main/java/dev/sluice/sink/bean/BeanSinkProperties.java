package dev.sluice.sink.bean;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import org.springframework.beans.factory.BeanFactory;

/**
 * A bean that takes a message, or a list of them. It confirms them by returning; what it throws is tried again.
 *
 * @param name of the bean
 */
public record BeanSinkProperties(String name) implements SinkDeclaration {

    @Override
    public void check(Check check) {
        check.present("name", name, "that of a bean, such as orders");
    }

    @Override
    public Sink open(String sink, BeanFactory beans) {
        return new BeanSink(BeanMethod.of(name, beans));
    }
}
