package dev.sluice.sink.kafka;

import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Sink;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;

/** To be written. */
public final class KafkaSink implements Sink {

    public KafkaSink(String name, KafkaSinkProperties properties, BeanFactory beans) {}

    @Override
    public Confirmation send(List<? extends Envelope> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
