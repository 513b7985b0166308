package dev.sluice.sink;

import dev.sluice.message.Envelope;
import java.util.List;

/** To be written. */
final class FileSink implements Sink {

    FileSink(String name, FileSinkProperties properties) {}

    @Override
    public Confirmation send(List<? extends Envelope> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
