package dev.sluice.sink.http;

import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Sink;
import java.util.List;

/** To be written. */
public final class HttpSink implements Sink {

    public HttpSink(String name, HttpSinkProperties properties) {}

    @Override
    public Confirmation send(List<? extends Envelope> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
