package dev.sluice.operation;

import dev.sluice.sink.http.DiskServer;
import java.io.IOException;
import java.nio.file.Path;

/** A web server that is sent batches, and forces each to the disk before it answers. */
final class HttpBatchRecorder implements SinkRecorder {

    private final DiskServer server;
    private final FileRecorder file;

    HttpBatchRecorder(Path file) throws IOException {
        this.server = new DiskServer(file, 0);
        this.file = new FileRecorder(file);
    }

    /** The sink that such a server is behind. */
    static String yaml(int port) {
        return "sluice.sinks.recorder.http: { url: 'http://127.0.0.1:" + port
                + "/', batch: { format: ndjson, item: json }, compression: gzip }";
    }

    @Override
    public String yaml() {
        return yaml(server.port());
    }

    @Override
    public Deliveries look() throws IOException {
        return file.look();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
