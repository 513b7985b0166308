package dev.sluice.operation;

import java.io.IOException;

/** What is behind a sink under test, and remembers what it got. */
interface SinkRecorder extends AutoCloseable {

    /** The sink as it is declared, and whatever else its kind needs, in YAML with dotted keys. */
    String yaml();

    /** What came until now. */
    Deliveries look() throws IOException;

    @Override
    void close() throws IOException;
}
