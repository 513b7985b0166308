package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.FrameDecoder;
import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A server that keeps what it receives, frame by frame, and may answer to each. */
public final class FrameServer implements AutoCloseable {

    private static final int MAX_SIZE = 1024 * 1024;

    private final Framing framing;
    private final Function<String, Optional<String>> answer;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final SocketServer server;

    /**
     * @param port 0 for any that is free
     * @param answer to a message; none if empty
     */
    public FrameServer(int port, Framing framing, Function<String, Optional<String>> answer) throws IOException {
        this.framing = framing;
        this.answer = answer;
        this.server = new SocketServer(port, this::converse);
    }

    /** Lines, on any free port, each answered with this. */
    public static FrameServer answering(String answer) throws IOException {
        return new FrameServer(0, new Framing.Line(), _ -> Optional.of(answer));
    }

    /** Lines, on any free port, not answered. */
    public static FrameServer silent() throws IOException {
        return new FrameServer(0, new Framing.Line(), _ -> Optional.empty());
    }

    public int port() {
        return server.port();
    }

    public int connections() {
        return server.connections();
    }

    /** Those that {@link #next} has not given. */
    public List<String> received() {
        return List.copyOf(received);
    }

    /** The next message, waited for. */
    public String next() throws InterruptedException {
        String next = received.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing received");
        }
        return next;
    }

    private void converse(InputStream in, OutputStream out) throws IOException {
        FrameDecoder decoder = framing.newDecoder(MAX_SIZE);
        byte[] bytes = {};
        byte[] chunk = new byte[8192];
        int count;
        do {
            count = in.read(chunk);
            if (count > 0) {
                int old = bytes.length;
                bytes = Arrays.copyOf(bytes, old + count);
                System.arraycopy(chunk, 0, bytes, old, count);
            }
            int from = 0;
            FrameBuffer answers = new FrameBuffer();
            while (decoder.decode(bytes, from, bytes.length) == Result.FRAME) {
                take(bytes, decoder, answers);
                from = decoder.next();
            }
            from = decoder.next();
            if (count < 0 && decoder.end(bytes, from, bytes.length) == Result.FRAME) {
                take(bytes, decoder, answers);
            }
            answers.drainTo(out);
            bytes = Arrays.copyOfRange(bytes, from, bytes.length);
        } while (count >= 0);
    }

    private void take(byte[] bytes, FrameDecoder decoder, FrameBuffer answers) {
        String message = new String(bytes, decoder.frameStart(), decoder.frameEnd() - decoder.frameStart(), UTF_8);
        received.add(message);
        answer.apply(message).ifPresent(text -> framing.encode(text.getBytes(UTF_8), answers));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
