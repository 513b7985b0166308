package dev.sluice.sink;

import dev.sluice.check.Check;
import org.springframework.beans.factory.BeanFactory;

/** One kind of sink, as an operator declares it. */
public interface SinkDeclaration {

    /** Says what is wrong with it, without making a sink of it. */
    void check(Check check);

    /**
     * Connects to nothing yet: what is away when the program starts is waited for like what goes away later.
     *
     * @param name of the sink
     * @param beans where clients that Spring Boot configures are found
     * @throws IllegalArgumentException if what is declared cannot be
     */
    Sink open(String name, BeanFactory beans);
}
