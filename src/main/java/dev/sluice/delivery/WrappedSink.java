package dev.sluice.delivery;

import dev.sluice.sink.Sink;

/** A sink before another one, which does what an implementation does not do itself. */
interface WrappedSink extends Sink {

    /** The other one. */
    Sink sink();

    @Override
    default int batchSize() {
        return sink().batchSize();
    }

    @Override
    default void close() {
        sink().close();
    }
}
