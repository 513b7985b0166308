package dev.sluice.sink.jdbc;

import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Sink;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;

/** To be written. */
public final class JdbcSink implements Sink {

    public JdbcSink(String name, JdbcSinkProperties properties, BeanFactory beans) {}

    @Override
    public Confirmation send(List<? extends Envelope> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
