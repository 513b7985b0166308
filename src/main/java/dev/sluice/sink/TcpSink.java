package dev.sluice.sink;

import dev.sluice.message.AddressText;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation.Failure;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * A TCP server. One connection is kept open, opened again when need be, and used by one caller at a time.
 *
 * <p>With {@code expect} a message is delivered when the server has given that answer to it; what it answers instead ends
 * the connection, since nobody knows what would follow. Without, a message is delivered when the operating system has taken
 * it: what is on its way when the server or the network fails is lost, and nobody is told. Whatever the server says is
 * dropped then.
 *
 * <p>With framing {@code until-close} each message has a connection of its own, and is delivered when the server has
 * ended that too.
 */
final class TcpSink implements Sink {

    /** At most so many bytes of answers are asked for at a time; a server that waits for us to read them would not read. */
    private static final int MOST_ANSWER_BYTES = 16 * 1024;
    /** About so many bytes are written at a time. */
    private static final int MOST_WRITTEN = 256 * 1024;
    /** How long a server may take, when we stop, to read what it has been sent. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final String host;
    private final int port;
    private final Duration timeout;
    private final Framing framing;
    private final Framing answerFraming;
    private final int maxAnswer;
    private final byte @Nullable [] expected;
    private final int mostUnanswered;
    private final ReentrantLock turn = new ReentrantLock(true);
    /** Guarded by {@link #turn}. */
    private @Nullable ServerConnection connection;

    TcpSink(String name, TcpSinkProperties properties) {
        properties.check(SinkCheck.of(name, "tcp"));
        this.host = properties.host();
        this.port = properties.port();
        this.timeout = properties.timeout();
        Framing declared = properties.framing().toFraming();
        this.framing = strict(declared);
        this.maxAnswer = (int) properties.framing().maxSize().toBytes();
        String expect = properties.expect();
        this.expected = expect == null ? null : expect.getBytes(StandardCharsets.UTF_8);
        this.mostUnanswered = mostUnanswered(declared);
        // Without boundaries an answer is as long as it ought to be.
        this.answerFraming =
                declared instanceof Framing.Raw && expected != null ? new Framing.Fixed(expected.length) : declared;
    }

    /**
     * A reply may bring line breaks of its own, or be an empty line that is passed over; a message would arrive as two then,
     * or as none, and the answers be one off.
     */
    private static Framing strict(Framing framing) {
        return switch (framing) {
            case Framing.Line _ -> new Framing.Delimited(new byte[] {'\n'});
            case Framing.Crlf _ -> new Framing.Delimited(new byte[] {'\r', '\n'});
            case Framing.OctetCounted _ -> new Framing.OctetCounted(false);
            default -> framing;
        };
    }

    private int mostUnanswered(Framing declared) {
        if (declared instanceof Framing.UntilClose) {
            return 1;
        }
        if (expected == null) {
            return Integer.MAX_VALUE;
        }
        FrameBuffer answer = new FrameBuffer();
        framing.encode(expected, answer);
        return Math.max(1, MOST_ANSWER_BYTES / answer.size());
    }

    /**
     * @throws IllegalArgumentException if no server could give the answer that is expected
     */
    static void checkAnswer(String expect, Framing declared, DataSize maxSize) {
        byte[] expected = expect.getBytes(StandardCharsets.UTF_8);
        FrameBuffer answer = new FrameBuffer();
        try {
            strict(declared).encode(expected, answer);
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("is no frame of this sink's framing: " + ex.getMessage(), ex);
        }
        if (answer.size() == 0 || expected.length > maxSize.toBytes()) {
            throw new IllegalArgumentException("must be longer than nothing, and not longer than framing.max-size");
        }
    }

    @Override
    public Confirmation send(List<? extends Envelope> messages) throws InterruptedException {
        if (!turn.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            return Confirmation.none(
                    messages.size(), Failure.passing(this + ": busy with other messages for " + seconds()));
        }
        try {
            return new Turn(messages).take();
        } finally {
            turn.unlock();
        }
    }

    /** What a caller does while the connection is its own. */
    private final class Turn {

        private final List<? extends Envelope> messages;
        private final Map<Integer, Failure> failures = new TreeMap<>();
        private final FrameBuffer frames = new FrameBuffer();
        /** How many messages the frames in the buffer hold. */
        private int framed;
        /** Messages before this one are settled. */
        private int settled;

        Turn(List<? extends Envelope> messages) {
            this.messages = messages;
        }

        Confirmation take() throws InterruptedException {
            boolean done = false;
            try {
                for (int i = 0; i < messages.size(); i++) {
                    frame(i);
                    if (framed >= mostUnanswered || frames.size() >= MOST_WRITTEN) {
                        exchange();
                        settled = confirmed() ? i + 1 : 0;
                    }
                }
                exchange();
                done = true;
            } catch (ClosedByInterruptException _) {
                Thread.interrupted();
                throw new InterruptedException();
            } catch (IOException ex) {
                Failure failure = Failure.passing(TcpSink.this + ": " + reason(ex));
                for (int i = settled; i < messages.size(); i++) {
                    failures.putIfAbsent(i, failure);
                }
            } finally {
                if (!done) {
                    disconnect();
                }
            }
            return Confirmation.allBut(failures);
        }

        /** Whether the server lets us know, so that what comes to nothing later does not count for what came before. */
        private boolean confirmed() {
            return expected != null || framing instanceof Framing.UntilClose;
        }

        private void frame(int index) {
            try {
                framing.encode(messages.get(index).getPayload(), frames);
                framed++;
            } catch (IllegalArgumentException ex) {
                failures.put(index, Failure.poison("the sink's framing can't carry it: " + ex.getMessage()));
            }
        }

        private void exchange() throws IOException, InterruptedException {
            if (framed == 0) {
                return;
            }
            ServerConnection server = connected();
            server.write(frames, expected == null);
            boolean last = framing instanceof Framing.UntilClose;
            if (last) {
                server.endOutput();
            }
            for (int i = 0; expected != null && i < framed; i++) {
                byte[] answer = server.read();
                if (!Arrays.equals(answer, expected)) {
                    throw new IOException("answered " + Excerpt.of(answer) + " instead of " + Excerpt.of(expected));
                }
                settle();
            }
            if (last) {
                server.awaitEnd(timeout);
                disconnect();
            }
            frames.truncate(0);
            framed = 0;
        }

        /** The next message that is in a frame has been answered. */
        private void settle() {
            while (failures.containsKey(settled)) {
                settled++;
            }
            settled++;
        }
    }

    /** A server that has closed the connection while nothing was sent would let a batch vanish: so a look before it. */
    private ServerConnection connected() throws IOException, InterruptedException {
        ServerConnection open = connection;
        if (open != null && !usable(open)) {
            disconnect();
            open = null;
        }
        if (open == null) {
            open = ServerConnection.open(host, port, timeout, answerFraming.newDecoder(maxAnswer));
            connection = open;
        }
        return open;
    }

    private boolean usable(ServerConnection open) throws ClosedByInterruptException {
        try {
            return expected == null ? open.discard() : open.silent();
        } catch (ClosedByInterruptException ex) {
            throw ex;
        } catch (IOException _) {
            return false;
        }
    }

    private void disconnect() {
        ServerConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // It is given up anyway.
            }
        }
    }

    private String reason(IOException ex) {
        return switch (ex) {
            case UnknownHostException _ -> "unknown host";
            case SocketTimeoutException _ -> ex.getMessage() + " within " + seconds();
            default -> {
                String message = ex.getMessage();
                yield message == null ? "the connection is broken" : message;
            }
        };
    }

    private String seconds() {
        return timeout.toMillis() / 1000.0 + " s";
    }

    /** Lets the server read to the end, as far as it is quick: closing at once would take back what it has not read yet. */
    @Override
    public void close() {
        ServerConnection open = connection;
        if (open != null) {
            try {
                open.endOutput();
                open.awaitEnd(LINGER);
            } catch (IOException _) {
                // It is closed below, in one way or the other.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        disconnect();
    }

    @Override
    public String toString() {
        return AddressText.bracketed(host) + ":" + port;
    }
}
