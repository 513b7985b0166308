package dev.sluice.bench.flow;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/**
 * A way to get lines across. Each of the streams, numbered from 0, has a thread of its own, which may be kept waiting.
 */
interface Sender extends Closeable {

    int STREAMS = 16;

    /** What Sluice says of a message, as many bytes. */
    Map<String, String> ATTRIBUTES = Map.of(
            "specversion", "1.0",
            "id", "0123456789abcdef-1234567",
            "source", "sluice/bench",
            "type", "dev.sluice.message",
            "time", "2026-01-01T00:00:00.000Z",
            "listener", "bench",
            "connection", "0123456789abcdef",
            "sequence", "1234567",
            "remoteaddress", "127.0.0.1");

    void send(int stream, byte[] line) throws IOException, InterruptedException;

    /** Waits until all that was sent has been answered or confirmed. */
    @Override
    void close() throws IOException;

    /** @param kind a flow's title, or {@code tcp} */
    static Sender of(String kind, String address) throws IOException {
        return switch (kind) {
            case "tcp" -> new SocketSender(address);
            case "http" -> new HttpSender(address);
            case "kafka" -> new KafkaSender(address);
            default -> throw new IOException("There is no sender '" + kind + "'");
        };
    }
}
