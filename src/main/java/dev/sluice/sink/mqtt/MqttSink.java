package dev.sluice.sink.mqtt;

import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Sink;
import java.util.List;

/** To be written. */
public final class MqttSink implements Sink {

    public MqttSink(String name, MqttSinkProperties properties) {}

    @Override
    public Confirmation send(List<? extends Envelope> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
