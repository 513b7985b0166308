package dev.sluice.sink.log;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.logging.LogLevel;

/**
 * The program's own log.
 *
 * @param level of the lines; {@code off} confirms messages and writes nothing
 */
public record LogSinkProperties(@DefaultValue("info") LogLevel level) implements SinkDeclaration {

    /** Every level can be. */
    @Override
    public void check(Check check) {}

    @Override
    public Sink open(String name, BeanFactory beans) {
        return new LogSink(name, this);
    }
}
