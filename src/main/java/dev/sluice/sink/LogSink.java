package dev.sluice.sink;

import dev.sluice.message.Envelope;
import java.util.List;

/** To be written. */
final class LogSink implements Sink {

    LogSink(String name, LogSinkProperties properties) {}

    @Override
    public Confirmation send(List<? extends Envelope> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
